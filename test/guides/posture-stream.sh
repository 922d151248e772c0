#!/usr/bin/env bash
# Stands on the PATH of a guide's shell as `posture-stream`. What ends by itself is run by the command server; what goes on
# until it is stopped is a process of its own.
case " $* " in
*' --until-idle '* | *' --help '*) ;;
' run '* | *' --watch '*) exec node --no-warnings "$GUIDE_ROOT/app/cli.ts" "$@" ;;
esac
exec 3<>"/dev/tcp/127.0.0.1/$GUIDE_PORT"
{
  printf '%s\0' "$PWD" "$@"
  printf '\0'
  env -0
  printf '\0\0'
} >&3
read -r code length <&3
head -c "$length" <&3
cat <&3 >&2
exit "$code"
