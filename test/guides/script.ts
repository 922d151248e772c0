import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './page.ts'

/** What came of a command of a page. */
export interface Ran {
  readonly text: string
  readonly expected: number
  /** Undefined where the shell did not come to it. */
  readonly code: number | undefined
  readonly out: string
}

const GOES_ON = /\bposture-stream\b.*\s(run\s(?!.*--until-idle)|.*--watch\b)/
/** Whether a command runs until it is stopped. */
export function goesOn(text: string): boolean {
  return GOES_ON.test(text) && !text.includes('--help')
}

const READY_S = 15

/** Runs each command by itself, keeping its exit code and all that it wrote; what goes on is stopped at the end. */
export function scriptOf(
  commands: readonly Command[],
  directory: string,
): { readonly text: string; results(): readonly Ran[] } {
  const file = (at: number, what: string): string => join(directory, `${at}.${what}`)
  const run = commands.map(({ text }, at) =>
    goesOn(text)
      ? `${inBackground(text, file(at, 'out'))}\npids+=("$! ${file(at, 'code')}")`
      : `{ ${text}\n} > ${file(at, 'out')} 2>&1 < /dev/null; echo $? > ${file(at, 'code')}`,
  )
  const stop =
    'for each in "${pids[@]}"; do kill -INT ${each%% *} 2>/dev/null; wait ${each%% *}; echo $? > ${each#* }; done'
  return {
    text: ['pids=()', ...run, stop].join('\n'),
    results: () =>
      commands.map(({ text, code: expected }, at) => {
        const code = readIfThere(file(at, 'code'))
        return {
          text,
          expected,
          code: code === undefined ? undefined : Number(code),
          out: readIfThere(file(at, 'out')) ?? '',
        }
      }),
  }
}

/** Until it has said something: that a collector runs, which is at level debug, or what it shows. */
function inBackground(text: string, out: string): string {
  const command = text.replace(/\s+#\s.*$/, '')
  const wait = `for i in $(seq ${READY_S * 10}); do [ -s ${out} ] && break; kill -0 $! 2>/dev/null || break; sleep 0.1; done; sleep 0.3`
  // What an earlier block wrote there must not be taken for its first word.
  return `rm -f ${out}\nLOG_LEVEL=debug ${command} > ${out} 2>&1 < /dev/null &\n${wait}`
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
