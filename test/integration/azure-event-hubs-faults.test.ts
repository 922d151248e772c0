import { setTimeout as sleep } from 'node:timers/promises'
import { earliestEventPosition, EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs'
import { ContainerClient } from '@azure/storage-blob'
import { expect, onTestFinished, test } from 'vitest'
import { sampleAssessment } from '../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import { DefenderHub, GROUP } from '../defender-hub.ts'
import { collectWith, pipelineOf } from '../kills-while-messages-arrive.ts'
import { ended, type ScratchPipeline } from '../scratch-pipeline.ts'
import { whyNoAzurite } from '../servers/azurite/available.ts'
import { Azurite } from '../servers/azurite/azurite.ts'
import type { EventHub } from '../servers/event-hubs/event-hub.ts'

const MESSAGES = 80
const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)

interface Line {
  readonly level: string
  readonly msg: string
  readonly code?: string
}

/** A pipeline that runs, and what it says; it ends with the test. */
class Running {
  readonly pipeline: ScratchPipeline
  readonly #child
  readonly #ended
  #text = ''

  constructor(pipeline: ScratchPipeline) {
    this.pipeline = pipeline
    this.#child = pipeline.spawn(['run', '--config', pipeline.config, '--log-level', 'info'])
    this.#ended = ended(this.#child)
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#text += chunk.toString()))
    onTestFinished(async () => {
      this.#child.kill('SIGKILL')
      await this.#ended
    })
  }

  /** Warnings and errors. */
  get trouble(): Line[] {
    return this.#lines.filter(({ level }) => level === 'warn' || level === 'error')
  }

  /** The codes of the trouble that it has told, one for each line. */
  get codes(): (string | undefined)[] {
    return this.trouble.map(({ code }) => code)
  }

  says(text: string): boolean {
    return this.#lines.some(({ msg }) => msg.includes(text))
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    expect((await this.#ended).code).toBe(0)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  get #lines(): Line[] {
    const lines = this.#text.split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Line)
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(20)
  }
}

/** All that was sent is a finding, in one revision each, and the hub is done with. */
async function expectAll(hub: DefenderHub, running: Running, count = MESSAGES): Promise<void> {
  await until('the hub is read to its end', async () => (await hub.left()).all === 0)
  await until('all findings are delivered', () => running.pipeline.revisions().length >= count)
  await running.stop()
  const revisions = running.pipeline.revisions()
  expect({ lines: revisions.length, revisions: new Set(revisions).size }).toEqual({ lines: count, revisions: count })
}

async function runningAt(hub: DefenderHub): Promise<Running> {
  const running = new Running(pipelineOf(hub))
  await until('all partitions are read', () => hub.hub.counts.receivers === hub.hub.partitions.length)
  return running
}

test.for<[string, (hub: EventHub) => void]>([
  ['a connection is cut', ({ faults }) => (faults.dropAfter = 7)],
  ['a connection is closed by the service', ({ faults }) => (faults.closeAfter = 7)],
  ['a busy server detaches a link', ({ faults }) => (faults.detachAfter = 7)],
  ['tokens end before their time', (hub) => ((hub.faults.tokenMs = 400), hub.disconnect())],
])(
  'where %s in mid-stream, the collector goes on behind what is durable, without a word',
  async ([, strike], context) => {
    const hub = await DefenderHub.open(context)
    const running = await runningAt(hub)
    const { connections, tokens } = hub.hub.counts
    strike(hub.hub)
    for (let from = 0; from < MESSAGES; from += 10) {
      await hub.send(numbers(10, from))
      await sleep(150)
      if (from === 30) hub.hub.faults.tokenMs = Infinity
    }
    await expectAll(hub, running)
    expect(hub.hub.faults).toMatchObject({ dropAfter: 0, closeAfter: 0, detachAfter: 0 })
    expect(hub.hub.counts.connections + hub.hub.counts.tokens).toBeGreaterThan(connections + tokens)
    expect(running.codes).toEqual([])
  },
)

test('where a sender is throttled, what it sends in the end is read, once', async (context) => {
  const hub = await DefenderHub.open(context)
  const running = await runningAt(hub)
  const retryOptions = { maxRetries: 5, retryDelayInMs: 50 }
  const producer = new EventHubProducerClient(hub.hub.connectionString, { retryOptions })
  onTestFinished(() => producer.close())
  for (let from = 0; from < MESSAGES; from += 20) {
    hub.hub.faults.throttleSends = 2
    await producer.sendBatch(numbers(20, from).map((number) => ({ body: sampleAssessment(number) })))
  }
  expect(hub.hub.counts).toMatchObject({ throttled: 8, appended: MESSAGES })
  await expectAll(hub, running)
  expect(running.codes).toEqual([])
})

test('a token that the hub refuses for a while is told once, and then that it waits no longer', async (context) => {
  const hub = await DefenderHub.open(context)
  const running = await runningAt(hub)
  await hub.send(numbers(40))
  await until('something is read', async () => (await hub.left()).all < 40)
  hub.hub.faults.refuseTokens = Infinity
  hub.hub.disconnect()
  await hub.send(numbers(40, 40))
  await until('it is told', () => running.codes.length > 0)
  const { refusedTokens } = hub.hub.counts
  await until('it is tried again and again', () => hub.hub.counts.refusedTokens > refusedTokens + 5)
  hub.hub.faults.refuseTokens = 0
  await expectAll(hub, running)
  expect(running.codes).toEqual(['EVENT_HUBS_CREDENTIALS'])
  expect(running.says('waits no longer')).toBe(true)
})

test('a hub that is away for a while is told once, and read on behind what is durable', async (context) => {
  const hub = await DefenderHub.open(context)
  const running = await runningAt(hub)
  await hub.send(numbers(40))
  await hub.hub.close()
  await until('it is told', () => running.codes.length > 0)
  await sleep(3000)
  await hub.hub.open()
  await hub.send(numbers(40, 40))
  await expectAll(hub, running)
  expect(running.codes).toEqual(['EVENT_HUBS_UNREACHABLE'])
})

test('where the checkpoints cannot be reached for a while, nothing is lost, and it is told once', async ({ skip }) => {
  const why = await whyNoAzurite()
  if (why !== undefined) return skip(why)
  const store = await Azurite.start()
  onTestFinished(() => store.stop())
  const hub = await DefenderHub.with(store.connectionString)
  const running = await runningAt(hub)
  await hub.send(numbers(40))
  await until('it is read', async () => (await hub.left()).all === 0)
  const before = await hub.checkpoints()
  await store.pause()
  await hub.send(numbers(40, 40))
  await until('it is told', () => running.codes.length > 0)
  await sleep(2000)
  await store.startAgain()
  // What was said to be done while nobody could be told is not.
  for (const [partition, sequence] of await hub.checkpoints())
    expect(sequence).toBeGreaterThanOrEqual(before.get(partition)!)
  await expectAll(hub, running)
  expect(running.codes).toEqual(['CHECKPOINTS_UNREACHABLE'])
})

test('a container that is not there yet is told once, and used as soon as it is', async (context) => {
  const hub = await DefenderHub.open(context)
  await hub.send(numbers(MESSAGES))
  const pipeline = pipelineOf(hub)
  const name = `${hub.container.containerName}-later`
  collectWith(pipeline, hub.settings().replace(hub.container.containerName, name))
  const running = new Running(pipeline)
  await until('it is told', () => running.codes.length > 0)
  await sleep(2000)
  expect(hub.hub.counts.delivered).toBe(0)
  const later = new ContainerClient(hub.store, name)
  await later.create()
  await until('all findings are delivered', () => pipeline.revisions().length === MESSAGES)
  await running.stop()
  expect(running.codes).toEqual(['CHECKPOINTS_NOT_FOUND'])
  expect(new Set(pipeline.revisions()).size).toBe(MESSAGES)
})

test('whoever takes a partition by a higher owner level is told once, and the others are read meanwhile', async (context) => {
  const hub = await DefenderHub.open(context)
  const running = await runningAt(hub)
  const thief = new EventHubConsumerClient(GROUP, hub.hub.connectionString)
  const handlers = { processEvents: async () => {}, processError: async () => {} }
  const theft = thief.subscribe('0', handlers, { ownerLevel: 7, startPosition: earliestEventPosition })
  await until('it is stolen', () => hub.hub.readers.some(({ level }) => level === 7))
  await hub.send(numbers(MESSAGES))
  await until('it is told', () => running.codes.length > 0)
  await until('the others are read', () => running.pipeline.revisions().length >= (MESSAGES / 4) * 3)
  expect((await hub.checkpoints()).has('0')).toBe(false)
  await theft.close()
  await thief.close()
  await expectAll(hub, running)
  expect(running.codes).toEqual(['EVENT_HUBS_TAKEN'])
})

test('what a checkpoint says is read is there, whenever the process is killed', async (context) => {
  const hub = await DefenderHub.open(context)
  const running = await runningAt(hub)
  const arriving = (async () => {
    for (let from = 0; from < MESSAGES; from += 4) {
      await hub.send(numbers(4, from))
      await sleep(20)
    }
  })()
  await until('half is read', async () => hub.hub.counts.appended - (await hub.left()).all >= MESSAGES / 2)
  await running.kill()
  await arriving
  const done = [...(await hub.checkpoints()).values()].reduce((sum, sequence) => sum + sequence + 1, 0)
  const { stdout } = await ended(running.pipeline.start('--only', 'enrichment,sinks'))
  const { open } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { readonly open: number }
  expect(done).toBeGreaterThanOrEqual(MESSAGES / 2)
  expect(open).toBeGreaterThanOrEqual(done)
})
