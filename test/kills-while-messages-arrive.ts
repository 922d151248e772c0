import { setTimeout as sleep } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import type { Summary } from '../app/pipeline-contract.ts'
import { ended, ScratchPipeline } from './scratch-pipeline.ts'

const AT_ONCE = 10
/** For so long messages arrive at a process: from before it starts until after it is killed. */
const ARRIVAL_MS = 3000
/** How long a process may work at most before it is killed. */
const STRIKE_MS = 1000
const MAX_LAST_RUNS = 20
/** Every so many kills one strikes while the process still starts. */
const AT_START = 4
const START_LIMIT_MS = 30_000

/** A queue, a topic or a hub, whoever serves it, as far as a pipeline reads it. */
export interface ReadSource {
  /** The collector that reads it: its settings in YAML, indented by four after the first line. */
  readonly collector: string
  /** What processes of the pipeline find beside our own environment. */
  readonly environment: Readonly<Record<string, string>>
}

export interface ArrivingSource extends ReadSource {
  /** How long a killed reader's messages stay hidden at most, in milliseconds. */
  readonly hiddenMs: number
  /** A message with a finding of its own for each number; the same for the same number. */
  send(numbers: readonly number[]): Promise<void>
  /** Messages that nobody has done with, and those of them that a reader works on. */
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
  /** Messages that nobody has done with. */
  readonly left: number
}

/** A pipeline that collects from a source, as `ScratchPipeline` does reports; it ends with the test. */
export function pipelineOf({ collector, environment }: ReadSource): ScratchPipeline {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  pipeline.environment = environment
  collectWith(pipeline, collector)
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
 * in fifty twice, as sources may deliver them; then runs it until nothing is left.
 */
export async function killsWhileMessagesArrive(
  source: ArrivingSource,
  messages: number,
  kills: number,
): Promise<KillsOutcome> {
  const pipeline = pipelineOf(source)
  const share = Math.ceil(messages / kills)
  let atWork = 0
  for (let kill = 0; kill < kills; kill++) {
    const arriving = arrive(source, kill * share, Math.min(messages, (kill + 1) * share))
    const child = pipeline.start()
    const end = ended(child)
    if (kill % AT_START === AT_START - 1) await sleep(Math.random() * STRIKE_MS)
    else {
      await isRead(source, START_LIMIT_MS)
      await sleep(Math.random() * STRIKE_MS)
      // It works on a message for some hundredths of a second: those are what must be struck.
      await isRead(source, STRIKE_MS)
    }
    if ((await source.left()).held > 0) atWork += 1
    child.kill('SIGKILL')
    await Promise.all([end, arriving])
  }
  const byKilled = new Set(pipeline.revisions()).size
  let last = await pipeline.run()
  for (let run = 0; run < MAX_LAST_RUNS && (await source.left()).all > 0; run++) {
    await sleep(source.hiddenMs / 2)
    last = await pipeline.run()
  }
  const revisions = pipeline.revisions()
  const { all: left } = await source.left()
  return { kills, atWork, revisions: new Set(revisions).size, lines: revisions.length, byKilled, last, left }
}

async function arrive(source: ArrivingSource, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - number) }, (_, index) => number + index)
    const twice = numbers.filter((each) => each % 50 === 0)
    await source.send([...numbers, ...twice])
    await sleep((ARRIVAL_MS * AT_ONCE) / (to - from))
  }
}

/** Resolves once a reader holds a message, or `limitMs` have passed. */
async function isRead(source: ArrivingSource, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs
  while (Date.now() < until && (await source.left()).held === 0) await sleep(2)
}
