import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BatchWork, type Workshop } from '../../enrichment/batch-work.ts'
import { enrichersOf } from '../../enrichment/catalog.ts'
import { exposureOf } from '../../enrichment/exposure/exposure-of.ts'
import { assetPrefix } from '../../enrichment/state/keys.ts'
import { LocalStore, type PartitionState } from '../../enrichment/state/local-store.ts'
import { eventHeaders } from '../../schemas/records.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../../test/sample-statement.ts'
import { NOW, recordOf, subjects, TENANT, world } from './world.ts'

/** One measurement, in a process of its own: how many assets, how many findings; the answer is JSON. */
export interface Measured {
  readonly assets: number
  readonly edges: number
  /** Of CPU, to build the graph from the store. */
  readonly restoreSeconds: number
  /** Of the heap and of columns, for each asset; and of its uid's text. */
  readonly bytes: number
  readonly idBytes: number
  readonly findings: number
  /** In seconds of CPU: all that enrichment does for the findings, and only finding out their exposure. */
  readonly enrichSeconds: number
  readonly exposureSeconds: number
}

const DAY_MS = 24 * 3600 * 1000
const BATCH = 500
const schemas = new SchemaRegistry()
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const [assets = 0, findings = 0] = process.argv.slice(2).map(Number)
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const directory = mkdtempSync(join(tmpdir(), 'bench-enrich-'))
try {
  process.stdout.write(`${JSON.stringify(await measure(join(directory, 'state.db')))}\n`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function measure(path: string): Promise<Measured> {
  fill(path)
  const store = LocalStore.open({ path, version: '1', dueAt: () => undefined })
  const state = store.partition(0)
  const before = await used()
  const from = process.cpuUsage()
  await state.assets.load(() => state.records(assetPrefix), new AbortController().signal)
  const restoreSeconds = secondsSince(from)
  const held = (await used()) - before
  const { edges } = state.assets.graph.size
  const about = subjects(assets, findings)
  const exposureSeconds = cpu(() => {
    for (const { uid } of about) exposureOf(state.graph, TENANT, uid)
  })
  const start = process.cpuUsage()
  await enrich(state, about)
  const enrichSeconds = secondsSince(start)
  store.close()
  return {
    assets,
    edges,
    restoreSeconds,
    bytes: held / assets,
    idBytes: idBytes(),
    findings,
    enrichSeconds,
    exposureSeconds,
  }
}

function fill(path: string): void {
  const store = LocalStore.open({ path, version: '1', dueAt: () => undefined })
  const state = store.partition(0)
  let page: ReturnType<typeof recordOf>[] = []
  for (const asset of world(assets)) {
    page.push(recordOf(asset))
    if (page.length < 10_000) continue
    state.apply(page, 1n, NOW)
    page = []
  }
  state.apply(page, 1n, NOW)
  state.assets.unload()
  store.close()
}

async function enrich(state: PartitionState, about: ReturnType<typeof subjects>): Promise<void> {
  const workshop: Workshop = {
    schemas,
    enrichers: enrichersOf({}),
    periods: { refreshMs: 30 * DAY_MS, forgetMs: 400 * DAY_MS, memoryMs: 30 * DAY_MS },
    ruleset: 'bench',
    log: silent,
    clock: () => NOW,
  }
  for (let from = 0; from < about.length; from += BATCH) {
    const records = about.slice(from, from + BATCH).map(({ uid, account }, at) => recordFor(uid, account, from + at))
    const work = new BatchWork(state, workshop)
    await work.take(records, new AbortController().signal)
    if (work.deadLetters.length > 0) throw new Error('a finding of the sample became a dead letter')
    work.stateRecords()
    state.apply(work.store.changes, BigInt(from), NOW)
  }
}

function recordFor(uid: string, account: string, at: number): StreamRecord {
  const event = statement(uid, { account, at: NOW + at })
  const value = schemas.encode('posture-event', event)
  return {
    topic: topics.events.name,
    partition: 0,
    offset: BigInt(at),
    timestamp: NOW,
    key: event.id,
    value,
    headers: eventHeaders(event),
  }
}

function cpu(run: () => void): number {
  const start = process.cpuUsage()
  run()
  return secondsSince(start)
}

/** Of CPU, all threads of the process. */
function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

async function used(): Promise<number> {
  // What is freed outside of the heap is counted only a turn later.
  for (let round = 0; round < 3; round++) {
    collect()
    await setImmediate()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A string of one byte a character has 16 more, and fills words. */
function idBytes(): number {
  let sum = 0
  for (const { uid } of world(assets)) sum += Math.ceil((uid.length + 16) / 8) * 8
  return sum / assets
}
