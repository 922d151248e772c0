#!/usr/bin/env bash
# Stands on the PATH of a guide's shell as `npm`, where the folder is no clone: it knows the three ways in which a guide
# starts the command line. What `npm ci` installs is there, or this test would not run.
case "$1 $2" in
'ci ') exit 0 ;;
'start ') exec posture-stream run --config examples/pipeline.yaml --until-idle ;;
'run posture-stream')
  shift 2
  [ "$1" = -- ] && shift
  exec env npm_lifecycle_event=posture-stream posture-stream "$@"
  ;;
esac
echo "npm $*: no guide uses this, or npm.sh has to learn it" >&2
exit 127
