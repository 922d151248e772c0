import { setTimeout as sleep } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { sampleEvent, sampleFinding } from '../collectors/aws-security-hub-events/sample-events.ts'
import type { Summary } from '../app/pipeline-contract.ts'
import { CREDENTIALS } from './findings-queue.ts'
import { ended, ScratchPipeline } from './scratch-pipeline.ts'

/** How long a killed reader's messages stay hidden. */
const VISIBILITY_S = 3
const AT_ONCE = 10
/** For so long messages arrive at a process: from before it starts until after it is killed. */
const ARRIVAL_MS = 3000
/** How long a process may work at most before it is killed. */
const STRIKE_MS = 1000
const MAX_LAST_RUNS = 20
/** Every so many kills one strikes while the process still starts. */
const AT_START = 4
const START_LIMIT_MS = 30_000

/** A queue, whoever serves it. */
export interface ArrivingQueue {
  readonly url: string
  readonly endpoint: string
  send(bodies: readonly string[]): Promise<void>
  /** Messages that have not been deleted, and those of them that a reader holds. */
  left(): Promise<{ readonly all: number; readonly held: number }>
}

export interface KillsOutcome {
  readonly kills: number
  /** Of these, how many struck while messages were held. */
  readonly atWork: number
  /** Distinct (key, revision) that the file sink wrote, and its lines. */
  readonly revisions: number
  readonly lines: number
  /** Of the distinct ones, those that a process wrote which was killed. */
  readonly byKilled: number
  readonly last: Summary
  /** Messages that nobody deleted. */
  readonly left: number
}

/** A pipeline whose collector reads a queue, as `ScratchPipeline` does reports. */
export function queuePipeline(queue: Pick<ArrivingQueue, 'url' | 'endpoint'>, settings = ''): ScratchPipeline {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  pipeline.environment = CREDENTIALS
  collectWith(
    pipeline,
    `type: aws-security-hub-events
    queueUrl: "${queue.url}"
    region: eu-west-1
    endpoint: "${queue.endpoint}"
    waitSeconds: 1
    ${settings}`,
  )
  return pipeline
}

/** Has a pipeline collect with this instead of from reports: settings in YAML, indented by four. */
export function collectWith(pipeline: ScratchPipeline, settings: string): void {
  writeFileSync(
    pipeline.config,
    `tenant: acme
stream: { type: embedded, directory: ./data }
collectors:
  hub:
    ${settings}
sinks:
  archive: { type: file, directory: ./out }
  local: { type: local, path: ./data/findings.db }
`,
  )
}

/**
 * Kills the whole process at random, again and again, while messages arrive, each with a finding of its own and one
 * in fifty twice, as SQS may deliver them; then runs it until nothing is left.
 */
export async function killsWhileMessagesArrive(
  queue: ArrivingQueue,
  messages: number,
  kills: number,
): Promise<KillsOutcome> {
  const pipeline = queuePipeline(queue, `visibilitySeconds: ${VISIBILITY_S}`)
  const share = Math.ceil(messages / kills)
  let atWork = 0
  for (let kill = 0; kill < kills; kill++) {
    const arriving = arrive(queue, kill * share, Math.min(messages, (kill + 1) * share))
    const child = pipeline.start()
    const end = ended(child)
    if (kill % AT_START === AT_START - 1) await sleep(Math.random() * STRIKE_MS)
    else {
      await isRead(queue, START_LIMIT_MS)
      await sleep(Math.random() * STRIKE_MS)
      // It works on a message for some hundredths of a second: those are what must be struck.
      await isRead(queue, STRIKE_MS)
    }
    if ((await queue.left()).held > 0) atWork += 1
    child.kill('SIGKILL')
    await Promise.all([end, arriving])
  }
  const byKilled = new Set(pipeline.revisions()).size
  let last = await pipeline.run()
  for (let run = 0; run < MAX_LAST_RUNS && (await queue.left()).all > 0; run++) {
    await sleep(VISIBILITY_S * 500)
    last = await pipeline.run()
  }
  const revisions = pipeline.revisions()
  const { all: left } = await queue.left()
  return { kills, atWork, revisions: new Set(revisions).size, lines: revisions.length, byKilled, last, left }
}

async function arrive(queue: ArrivingQueue, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - number) }, (_, index) => number + index)
    const twice = numbers.filter((each) => each % 50 === 0)
    await queue.send([...numbers, ...twice].map((each) => JSON.stringify(sampleEvent([sampleFinding(each)]))))
    await sleep((ARRIVAL_MS * AT_ONCE) / (to - from))
  }
}

/** Resolves once a reader holds a message, or `limitMs` have passed. */
async function isRead(queue: ArrivingQueue, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs
  while (Date.now() < until && (await queue.left()).held === 0) await sleep(2)
}
