import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { DefenderHub } from '../defender-hub.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ended, ScratchPipeline, type Ended } from '../scratch-pipeline.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const COLLECTORS = ['hub-0', 'hub-1', 'hub-2', 'hub-3']
const PARTITIONS = 8
const SESSION_MS = 6000
const MESSAGES = 2000
/** In every phase so many messages arrive, ten at a time. */
const PHASE = MESSAGES / 5

/** A process that runs those of the collectors that fall to it, as any number of processes of one configuration do. */
class Worker {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  #text = ''

  constructor(pipeline: ScratchPipeline) {
    const words = ['run', '--config', pipeline.config, '--only', 'collectors', '--log-level', 'debug']
    this.process = pipeline.spawn(words)
    this.ended = ended(this.process)
    this.process.stderr?.on('data', (chunk: Buffer) => (this.#text += chunk.toString()))
    onTestFinished(async () => {
      this.process.kill('SIGKILL')
      await this.ended
    })
  }

  /** How often a collector has begun here. */
  get begun(): number {
    return this.#text.split('runs here').length - 1
  }

  get errors(): string[] {
    return this.#text.split('\n').filter((line) => line.includes('"level":"error"'))
  }
}

function pipelineOf(kafka: ScratchKafka, hub: DefenderHub): ScratchPipeline {
  const pipeline = new ScratchPipeline(kafka)
  onTestFinished(() => pipeline.remove())
  const collectors = COLLECTORS.map((name) => `  ${name}:\n    ${hub.settings()}\n`).join('')
  const sinks = 'sinks:\n  archive: { type: file, directory: ./out }\n'
  writeFileSync(pipeline.config, `tenant: acme\n${kafka.yaml}\ncollectors:\n${collectors}${sinks}`)
  return pipeline
}

/** How many partitions each reader has now, by nothing but their links. */
function shares({ hub }: DefenderHub): number[] {
  const counts = new Map<string, number>()
  for (const { name } of hub.readers) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.values()].toSorted((one, other) => one - other)
}

async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(20)
  }
}

async function arrive(hub: DefenderHub, phase: number): Promise<void> {
  for (let from = phase * PHASE; from < (phase + 1) * PHASE; from += 10) {
    await hub.send(Array.from({ length: 10 }, (_, index) => from + index))
    await sleep(50)
  }
}

test('readers share partitions by owner level, those of a process that stands still pass to others, and no change is told twice', async (context) => {
  const brokers = await sharedBrokers(context)
  const hub = await DefenderHub.open(context, { partitions: PARTITIONS })
  const kafka = await ScratchKafka.create({ brokers, partitions: 4, sessionTimeoutMs: SESSION_MS })
  const pipeline = pipelineOf(kafka, hub)
  const isShared = () => JSON.stringify(shares(hub)) === '[2,2,2,2]'
  const isRead = async () => (await hub.left()).all === 0

  const [one, other] = [new Worker(pipeline), new Worker(pipeline)]
  await until(
    'both processes have readers, and each of them its part',
    () => isShared() && one.begun > 0 && other.begun > 0,
  )
  expect(new Set(hub.hub.readers.map(({ level }) => level))).toEqual(new Set([0]))
  await arrive(hub, 0)
  await until('all is read', isRead)

  const { evicted } = hub.hub.counts
  one.process.kill('SIGSTOP')
  await arrive(hub, 1)
  await until('all is read, though one stands still', isRead)
  expect(hub.hub.counts.evicted).toBeGreaterThan(evicted)
  await until('its readers run in the other process', isShared)
  const { begun } = one
  await arrive(hub, 2)
  one.process.kill('SIGCONT')
  await arrive(hub, 3)
  await until('it goes on with a part', () => isShared() && one.begun > begun)
  await arrive(hub, 4)
  await until('all is read', isRead)
  for (const { process } of [one, other]) process.kill('SIGTERM')
  for (const { code } of await Promise.all([one.ended, other.ended])) expect(code).toBe(0)
  expect([...one.errors, ...other.errors]).toEqual([])

  const { stdout } = await ended(pipeline.start('--only', 'enrichment,sinks'))
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {
    readonly changed: number
    readonly open: number
  }
  expect(summary).toMatchObject({ changed: MESSAGES, open: MESSAGES })
  const revisions = pipeline.revisions()
  const counted = { lines: revisions.length, revisions: new Set(revisions).size }
  expect(counted).toEqual({ lines: MESSAGES, revisions: MESSAGES })
  console.log(`${hub.hub.counts.evicted} links were taken over, ${hub.hub.counts.delivered} events delivered`)
})
