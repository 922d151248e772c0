import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Usage } from './usage-at-exit.ts'

const cli = join(import.meta.dirname, '../../app/cli.ts')
const hook = join(import.meta.dirname, 'usage-at-exit.ts')

export interface MeasuredRun extends Usage {
  /** The last line of standard output, which is one JSON object. */
  readonly summary: Readonly<Record<string, number>>
  readonly wallSeconds: number
  /** All that it said on standard error. */
  readonly log: string
}

/** Runs the command line in a process of its own, its log shown here as well. Rejects when it fails, or takes longer than the limit. */
export async function measureCommand(folder: string, args: readonly string[], limitMs?: number): Promise<MeasuredRun> {
  const file = join(folder, 'usage.json')
  const begun = performance.now()
  const child = spawn(process.execPath, ['--import', hook, cli, ...args], {
    env: { ...process.env, POSTURE_USAGE_FILE: file },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(limitMs === undefined ? {} : { timeout: limitMs, killSignal: 'SIGKILL' }),
  })
  child.stderr.pipe(process.stderr, { end: false })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const [output, log, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}`)
  const usage = JSON.parse(readFileSync(file, 'utf8')) as Usage
  const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Record<string, number>
  return { ...usage, summary, log, wallSeconds: (performance.now() - begun) / 1000 }
}
