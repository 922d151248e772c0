import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { takeInventory } from '../../sinks/file/file-names.ts'
import { FindingsStore } from '../../sinks/local/findings-store.ts'
import { readConsole } from '../servers/kafka/console-consumer.ts'
import type { ToolAccess } from '../servers/kafka/tool.ts'
import { WriteTimes } from './gaps.ts'
import { Tally, type Newest } from './tally.ts'

/** Longer than any pause of a healthy cluster: where the console consumer ends, the topic does. */
const IDLE_MS = 5000
const FINDING = 'finding/'

type TopicAccess = ToolAccess & { readonly topic: string }

/** What posture.findings holds, as Kafka's own read-committed consumer reads it. */
export interface FindingsLog {
  readonly tally: Tally
  readonly times: WriteTimes
  readonly newest: ReadonlyMap<string, Newest>
}

export async function readFindings(access: TopicAccess): Promise<FindingsLog> {
  const tally = new Tally()
  const times = new WriteTimes()
  const newest = new Map<string, Newest>()
  await readConsole({ ...access, timeoutMs: IDLE_MS }, ({ partition, timestamp, key, headers }) => {
    const { finding_key: finding = `no finding_key beside ${key}`, revision, state = 'missing' } = headers
    tally.add(finding, Number(revision), state)
    times.add(partition, timestamp)
    newest.set(finding, { revision: Number(revision), state })
  })
  return { tally, times, newest }
}

/** What posture.state holds last of every finding. */
export async function readState(access: TopicAccess): Promise<ReadonlyMap<string, Newest>> {
  const last = new Map<string, string | null>()
  await readConsole({ ...access, timeoutMs: IDLE_MS }, ({ key, value }) => {
    if (key?.startsWith(FINDING)) last.set(key.slice(FINDING.length), value)
  })
  return new Map(
    [...last].flatMap(([key, value]) => (value === null ? [] : [[key, JSON.parse(value) as Newest] as const])),
  )
}

export async function countRecords(access: TopicAccess): Promise<number> {
  return await readConsole({ ...access, timeoutMs: IDLE_MS }, () => undefined)
}

/** Every line of a file sink, in the order in which its files were begun. */
export async function readFiles(directory: string): Promise<Tally> {
  const tally = new Tally()
  const { plain, compressed } = takeInventory(existsSync(directory) ? readdirSync(directory) : [])
  for (const name of [...new Set([...plain, ...compressed])].toSorted())
    for await (const line of linesOf(join(directory, name), compressed.includes(name))) {
      const { finding_info, metadata, status } = JSON.parse(line) as WrittenEvent
      tally.add(finding_info.uid_alt, metadata.sequence, STATE_OF[status] ?? status)
    }
  return tally
}

interface WrittenEvent {
  readonly finding_info: { readonly uid_alt: string }
  readonly metadata: { readonly sequence: number }
  readonly status: string
}

const STATE_OF: Readonly<Record<string, string>> = { New: 'open', Resolved: 'resolved' }

function linesOf(path: string, compressed: boolean): AsyncIterable<string> {
  const input = compressed ? createReadStream(`${path}.gz`).pipe(createGunzip()) : createReadStream(path)
  return createInterface({ input })
}

/** What a local store shows of every finding. */
export function readStore(path: string): ReadonlyMap<string, Newest> {
  using store = FindingsStore.open(path)
  return new Map(store.list().findings.map(({ key, revision, state }) => [key, { revision, state }]))
}
