import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { topics } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ended, samples, ScratchPipeline, type Ended } from '../scratch-pipeline.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const COLLECTORS = 6
const FAILING = 187
const SESSION_MS = 6000
const schemas = new SchemaRegistry()
const names = Array.from({ length: COLLECTORS }, (_, index) => `c${index}`)
const scan = readFileSync(join(samples, 'scan-1/prowler.ocsf.json'), 'utf8')

/** Several collectors of one configuration on one cluster, each with reports of an account of its own. */
class Cluster {
  readonly pipeline: ScratchPipeline
  /** By collector, how many reports each of its checkpoints says are read, in their order. */
  readonly saved = new Map<string, number[]>(names.map((name) => [name, []]))

  constructor(kafka: ScratchKafka) {
    this.pipeline = new ScratchPipeline(kafka)
    const { config, reports } = this.pipeline
    for (const name of names) mkdirSync(join(reports, name))
    const sections = names.map((name) => {
      const paths = `["./reports/${name}/*.json"]`
      return `  ${name}: { type: scanner-report, paths: ${paths}, schedule: "* * * * * *" }`
    })
    const text = readFileSync(config, 'utf8').replace(/collectors:\n.*\n/, `collectors:\n${sections.join('\n')}\n`)
    writeFileSync(config, text)
  }

  /** A scan of the collector's account, there at once and whole; `times` as large. */
  add(collector: string, report: string, times = 1): void {
    const account = `10000000000${names.indexOf(collector)}`
    const records = scan.replaceAll('123456789012', account).trim().slice(1, -1)
    const path = join(this.pipeline.reports, collector, report)
    writeFileSync(`${path}.part`, `[${Array(times).fill(records).join(',')}]`)
    renameSync(`${path}.part`, path)
  }

  /** Takes note of every checkpoint as it is written. */
  async follow(kafka: ScratchKafka): Promise<void> {
    const stream = await kafka.open()
    onTestFinished(() => stream.close())
    // Right after topics were made, a broker may not lead them yet.
    await vi.waitFor(() => stream.ends(topics.checkpoints.name), { timeout: 10_000, interval: 100 })
    await stream.follow(topics.checkpoints.name, (records) => {
      for (const { value } of records) {
        const { collector, position } = schemas.decode('checkpoint', value!)
        const { files } = (position ?? { files: {} }) as { files: object }
        this.saved.get(collector)!.push(Object.keys(files).length)
      }
    })
  }

  /** Whether every collector has a checkpoint that says that so many reports are read. */
  hasSaved(reports: number): boolean {
    return [...this.saved.values()].every((counts) => counts.at(-1) === reports)
  }

  start(): Worker {
    const words = ['run', '--config', this.pipeline.config, '--only', 'collectors', '--log-level', 'debug']
    return new Worker(this.pipeline.spawn(words))
  }

  /** Ranks and delivers all that was collected; the summary tells how much that was. */
  async deliver(): Promise<{ changed: number; open: number }> {
    const { code, stdout, stderr } = await ended(this.pipeline.start('--only', 'enrichment,sinks'))
    if (code !== 0) throw new Error(stderr)
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { changed: number; open: number }
  }
}

/** A process that runs collectors, and what it says of its work. */
class Worker {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  #text = ''

  constructor(child: ChildProcess) {
    this.process = child
    this.ended = ended(child)
    child.stderr?.on('data', (chunk: Buffer) => (this.#text += chunk.toString()))
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await this.ended
    })
  }

  /** `c1/first.json` of every report that it has begun to read, or has read to its end. */
  reports(word: 'Reading' | 'Read'): string[] {
    const pattern =
      word === 'Reading' ? /"Reading \S*?(c\d\/\w+\.json)\."/g : /"Read \d+ records of \S*?(c\d\/\w+\.json)/g
    return [...this.#text.matchAll(pattern)].map((match) => match[1]!)
  }

  get log(): string {
    return this.#text
  }
}

async function until(what: string, isSo: () => boolean, limitMs = 60_000): Promise<void> {
  const limit = performance.now() + limitMs
  while (!isSo()) {
    if (performance.now() > limit) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(20)
  }
}

let cluster: Cluster
beforeEach(async (context: TestContext) => {
  const brokers = await sharedBrokers(context)
  const kafka = await ScratchKafka.create({ brokers, partitions: 4, sessionTimeoutMs: SESSION_MS })
  cluster = new Cluster(kafka)
  onTestFinished(() => cluster.pipeline.remove())
  await cluster.follow(kafka)
})

const each = (report: string): string[] => names.map((name) => `${name}/${report}`)
const both = (one: Worker, other: Worker, word: 'Reading' | 'Read'): string[] => [
  ...one.reports(word),
  ...other.reports(word),
]
const hasAll = (read: readonly string[], report: string): boolean => each(report).every((path) => read.includes(path))

/** Every finding of every account once, in its first revision, nothing left to be read, and no checkpoint that went back. */
async function expectAllOnce(): Promise<void> {
  for (const counts of cluster.saved.values()) expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  const { changed, open } = await cluster.deliver()
  expect({ changed, open }).toEqual({ changed: COLLECTORS * FAILING, open: COLLECTORS * FAILING })
  const revisions = cluster.pipeline.revisions()
  expect(revisions.length).toBe(COLLECTORS * FAILING)
  expect(new Set(revisions).size).toBe(revisions.length)
  expect(await cluster.pipeline.run()).toMatchObject({ in: 0, changed: 0, deadLetters: 0 })
}

/** Two processes that share the collectors, both of which have work. */
async function sharedByTwo(): Promise<[Worker, Worker]> {
  const [one, other] = [cluster.start(), cluster.start()]
  await until('both are members', () => [one, other].every(({ log }) => log.includes('runs here')))
  for (const name of names) cluster.add(name, 'first.json')
  await until('all first reports are read', () => hasAll(both(one, other, 'Read'), 'first.json'))
  expect(both(one, other, 'Reading').toSorted()).toEqual(each('first.json'))
  expect([one, other].every((worker) => worker.reports('Read').length > 0)).toBe(true)
  return [one, other]
}

test('when a process is killed at work, another goes on with its collectors: nothing is lost, nothing is doubled', async () => {
  const [one, other] = await sharedByTwo()
  for (const name of names) cluster.add(name, 'second.json', 8)
  await until('one is at work', () => one.reports('Reading').some((path) => path.endsWith('second.json')))
  one.process.kill('SIGKILL')
  await one.ended
  for (const name of names) cluster.add(name, 'third.json')
  await until('all are read and saved', () => cluster.hasSaved(3))
  other.process.kill('SIGTERM')
  expect((await other.ended).code).toBe(0)
  await expectAllOnce()
})

test('who was stopped in mid-report and wakes up as a former owner does no harm', async () => {
  const [one, other] = await sharedByTwo()
  for (const name of names) cluster.add(name, 'second.json', 8)
  await until('one is at work', () => one.reports('Reading').some((path) => path.endsWith('second.json')))
  one.process.kill('SIGSTOP')
  const begun = one.reports('Reading').filter((path) => !one.reports('Read').includes(path))
  for (const name of names) cluster.add(name, 'third.json')
  await until('the other has read what was left', () => cluster.hasSaved(3))
  expect(begun.length).toBeGreaterThan(0)
  expect(other.reports('Read')).toEqual(expect.arrayContaining(begun))
  one.process.kill('SIGCONT')
  for (const name of names) cluster.add(name, 'fourth.json')
  await until('all are read and saved', () => cluster.hasSaved(4))
  for (const { process } of [one, other]) process.kill('SIGTERM')
  for (const { ended: end } of [one, other]) expect((await end).code).toBe(0)
  await expectAllOnce()
})
