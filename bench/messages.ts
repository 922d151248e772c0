import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aligned } from './figures.ts'
import type { MessagePath, PathOptions } from './messages/path.ts'
import { measureCommand, type MeasuredRun } from './report/measure-command.ts'

// What reading messages takes, by each path: npm run bench:messages -- --help
const PATHS: Readonly<Record<string, (options: PathOptions) => Promise<MessagePath>>> = {
  amqp: async (options) => (await import('./messages/amqp-path.ts')).amqpPath(options),
  kafka: async (options) => (await import('./messages/kafka-path.ts')).kafkaPath(options),
  pubsub: async () => (await import('./messages/pubsub-path.ts')).pubsubPath(),
}
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    partitions: { type: 'string', default: '4' },
    paths: { type: 'string', default: Object.keys(PATHS).join(',') },
    help: { type: 'boolean', default: false },
  },
})
const HELP = `Puts messages with a finding each into a hub or a subscription, and lets the real collect --once read them into
an embedded stream, in a process of its own: messages per second from its start to its end, and findings per CPU second of that
process. The servers' CPU does not count, but they share the machine.

  --messages N    (${values.messages})
  --partitions N  of a hub (${values.partitions})
  --paths LIST    of ${Object.keys(PATHS).join(', ')} (${values.paths})

Starts servers of its own on 127.0.0.1: Azurite (npm brings it), a Kafka broker (Java and Maven), Pub/Sub (Go).`
const AT_ONCE = 400
/** Whatever hangs is told to end after so long. */
const LIMIT_MS = 300_000

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const rows: string[][] = [['path', 'messages', 'messages/s', 'findings/CPU s', 'CPU s', 'wall s', 'peak RSS MB']]
  for (const name of values.paths.split(',')) {
    const start = PATHS[name]
    if (start === undefined) throw new Error(`--paths are of ${Object.keys(PATHS).join(', ')}`)
    await using path = await start({ partitions: Number(values.partitions) })
    rows.push(rowOf(path, await measure(path, Number(values.messages))))
  }
  console.log(`\n${aligned(rows).join('\n')}`)
}

async function measure(path: MessagePath, messages: number): Promise<MeasuredRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-messages-'))
  try {
    for (let from = 0; from < messages; from += AT_ONCE) {
      const count = Math.min(AT_ONCE, messages - from)
      await path.send(Array.from({ length: count }, (_, index) => path.bodyOf(from + index)))
    }
    console.error(`${path.name}: ${messages} messages are there; reading them.`)
    const config = join(folder, 'posture.yaml')
    writeFileSync(config, configOf(path))
    const run = await measureCommand(folder, ['collect', '--once', 'bench', '--json', '--config', config], LIMIT_MS)
    const { in: read, deadLetters } = run.summary
    const left = await path.left()
    if (read !== messages || deadLetters !== 0 || left !== 0)
      throw new Error(`of ${messages} messages ${read} were read, ${deadLetters} set aside, and ${left} left`)
    return run
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function configOf({ collector }: MessagePath): string {
  return `tenant: bench
stream: { type: embedded, directory: ./data }
collectors:
  bench: ${collector}
sinks:
  local: { type: local, path: ./data/findings.db }
`
}

function rowOf({ name }: MessagePath, { summary, wallSeconds, cpuSeconds, peakRssBytes }: MeasuredRun): string[] {
  const read = summary['in'] ?? 0
  return [
    name,
    String(read),
    String(Math.round(read / wallSeconds)),
    String(Math.round(read / cpuSeconds)),
    cpuSeconds.toFixed(1),
    wallSeconds.toFixed(1),
    (peakRssBytes / 1024 / 1024).toFixed(0),
  ]
}
