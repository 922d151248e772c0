import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { javaArguments, QUICK_TO_START } from '../java.ts'
import { kafkaRuntime } from './runtime.ts'

/** The cluster that a command line tool works on. */
export interface ToolAccess {
  readonly brokers: readonly string[]
  /** A file of client properties, for a guarded listener. */
  readonly commandConfig?: string
  /** Ends the tool. */
  readonly signal?: AbortSignal
}

interface ToolRun extends ToolAccess {
  /** The class, below `org.apache.kafka.tools`. */
  readonly main: string
  readonly args: readonly string[]
  /** For its standard input. */
  readonly input?: Iterable<string>
  /** Takes what it prints, which the result then lacks. */
  readonly output?: (printed: AsyncIterable<Buffer>) => Promise<void>
  /** Options of Java, instead of those for a short life. */
  readonly jvm?: readonly string[]
}

export interface ToolResult {
  readonly stdout: string
  readonly stderr: string
  /** User and system time of the tool, its Java's start included. */
  readonly cpuSeconds: number
}

/** Ends the tool when whoever started it is gone; says on descriptor 4 what CPU time it took. */
const guarded =
  '(read -r _ <&3; kill -9 0) </dev/null >/dev/null 2>&1 4>&- & "$@" 3<&- 4>&-; status=$?; times >&4; exit $status'
const SAID = 4000

/** Runs a command line tool of Kafka to its end. Throws with what it said unless it succeeds. */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  const { main, signal, output } = run
  const java = javaArguments(await kafkaRuntime(signal), `org.apache.kafka.tools.${main}`, argumentsOf(run), {
    options: run.jvm ?? [QUICK_TO_START],
    log: 'WARN',
  })
  const stdio = Array<'pipe'>(5).fill('pipe')
  const child = spawn('/bin/sh', ['-c', guarded, 'sh', 'java', ...java], { stdio, detached: true })
  const [stdin, stdout, stderr, guard, times] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Writable,
    Readable,
  ]
  const end = () => void guard.destroy()
  signal?.addEventListener('abort', end, { once: true })
  try {
    const [[code], printed, said, spent] = await Promise.all([
      once(child, 'exit') as Promise<[number | null]>,
      output === undefined ? text(stdout) : output(stdout).then(() => ''),
      text(stderr),
      text(times),
      // One that ends early does not read its input to the end.
      pipeline(run.input ?? [], stdin).catch(() => {}),
    ])
    signal?.throwIfAborted()
    if (code !== 0) throw new Error(`${main} ended with ${code ?? 'a signal'}:\n${(printed + said).slice(-SAID)}`)
    return { stdout: printed, stderr: said, cpuSeconds: secondsIn(spent) }
  } finally {
    signal?.removeEventListener('abort', end)
    end()
  }
}

function argumentsOf({ brokers, commandConfig, args }: ToolRun): string[] {
  const config = commandConfig === undefined ? [] : ['--command-config', commandConfig]
  return ['--bootstrap-server', brokers.join(','), ...config, ...args]
}

/** Gives an option that may be repeated once for every entry of `values`. */
export function repeated(option: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [option, `${key}=${value}`])
}

/** The sum of what `times` prints: `0m1.5s 0m0.2s` for the shell, and again for its children. */
function secondsIn(times: string): number {
  const spent = [...times.matchAll(/(\d+)m([\d.]+)s/g)]
  return spent.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
}
