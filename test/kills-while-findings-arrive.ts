import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Summary } from '../app/pipeline-contract.ts'
import { HOME, sampleFinding } from '../collectors/aws-security-hub/sample-finding.ts'
import { collectWith } from './kills-while-messages-arrive.ts'
import { ended, ScratchPipeline } from './scratch-pipeline.ts'
import { SecurityHubServer } from './servers/security-hub/security-hub-server.ts'

/** So long a page takes, so that a sweep can be struck. */
const PAGE_MS = 60
/** For so long at most a process waits for a page and works on it. */
const WORK_MS = 200
const AT_ONCE = 5
/** For so long findings arrive at a process: from before it starts until about when it is killed. */
const ARRIVAL_MS = 3000
/** How long a process may sweep at most before it is to be killed. */
const STRIKE_MS = 1500
/** When they strike, in turns. The first sweep of a process reads most: what arrived while none was there. */
const MOMENTS = ['first sweep', 'later', 'first sweep', 'start'] as const
const START_LIMIT_MS = 30_000
const MAX_LAST_RUNS = 10

export interface SweepKillsOutcome {
  readonly kills: number
  /** Of these, how many struck while a page of findings was on its way, or had just come. */
  readonly atWork: number
  /** Distinct (key, revision) that the file sink wrote, and its lines. */
  readonly revisions: number
  readonly lines: number
  /** Distinct findings that it wrote. */
  readonly findings: number
  /** Of the distinct revisions, those that a process wrote which was killed. */
  readonly byKilled: number
  /** Of all its processes. */
  readonly deadLetters: number
  readonly last: Summary
}

/**
 * Kills the whole process at random, again and again, while findings arrive in Security Hub that it sweeps every second;
 * then runs it until nothing comes any more. It is killed in full sweeps in the first half, and in the second in sweeps of
 * short windows, which no later one reads again: what one of them lost is missing. One of five findings is never open.
 */
export async function killsWhileFindingsArrive(findings: number, kills: number): Promise<SweepKillsOutcome> {
  const server = await SecurityHubServer.start({ rateFactor: Infinity })
  onTestFinished(() => server.stop())
  server.latency(PAGE_MS, 'GetFindings')
  const pipeline = hubPipeline(server)
  const share = Math.ceil(findings / kills)
  const windows = Math.ceil(kills / 2)
  let [atWork, byKilled] = [0, 0]
  for (let kill = 0; kill < kills; kill++) {
    configure(pipeline, server, kill < windows ? '1s' : '24h')
    // No full sweep is left that would read everything.
    if (kill === windows) await pipeline.run()
    const before = new Set(pipeline.revisions()).size
    const arriving = arrive(server, kill * share, Math.min(findings, (kill + 1) * share))
    if (await strike(pipeline, server, MOMENTS[kill % MOMENTS.length]!)) atWork += 1
    await arriving
    byKilled += new Set(pipeline.revisions()).size - before
  }
  const last = await runUntilIdle(pipeline)
  const written = pipeline.written()
  return {
    kills,
    atWork,
    findings: new Set(written.map(({ finding_info: { uid_alt: key } }) => key)).size,
    revisions: new Set(pipeline.revisions()).size,
    lines: written.length,
    byKilled,
    deadLetters: await deadLettersOf(pipeline),
    last,
  }
}

function hubPipeline(server: SecurityHubServer): ScratchPipeline {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  const { accessKeyId, secretAccessKey } = server.credentials()
  pipeline.environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  return pipeline
}

function configure(pipeline: ScratchPipeline, { url }: SecurityHubServer, full: string): void {
  collectWith(
    pipeline,
    `type: aws-security-hub
    regions: [${HOME}]
    endpoint: "${url}"
    rate: { perSecond: 1000, burst: 1000 }
    schedule: "* * * * * *"
    overlap: 1s
    full: ${full}`,
  )
}

/** Starts a process and kills it; answers whether it was at work. */
async function strike(
  pipeline: ScratchPipeline,
  server: SecurityHubServer,
  moment: (typeof MOMENTS)[number],
): Promise<boolean> {
  const calls = server.calls('GetFindings').length
  const child = pipeline.spawn(['run', '--config', pipeline.config, '--log-level', 'warn'])
  const end = ended(child)
  if (moment !== 'start') await until(() => server.calls('GetFindings').length > calls, START_LIMIT_MS)
  if (moment !== 'first sweep') await sleep(Math.random() * STRIKE_MS)
  if (moment !== 'start') {
    // It works for some hundredths of a second in every second: those are what must be struck.
    await until(() => isAtWork(server, calls), STRIKE_MS)
    await sleep(Math.random() * WORK_MS * 0.75)
  }
  const atWork = isAtWork(server, calls)
  child.kill('SIGKILL')
  const { signal, stdout, stderr } = await end
  if (signal !== 'SIGKILL') throw new Error(`The process ended by itself:\n${stdout}\n${stderr}`)
  return atWork
}

/** Whether somebody has just asked for a page, after so many calls of others. */
function isAtWork(server: SecurityHubServer, calls: number): boolean {
  const asked = server.calls('GetFindings').slice(calls).at(-1)
  return asked !== undefined && Date.now() - asked.at < WORK_MS
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs
  while (Date.now() < end && !holds()) await sleep(2)
}

/** Each is updated when it arrives. */
async function arrive(server: SecurityHubServer, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - number) }, (_, index) => number + index)
    server.seed(numbers.map((each) => sampleFinding(each, { at: Date.now() })))
    await sleep((ARRIVAL_MS * AT_ONCE) / (to - from))
  }
}

/** As often as a run still finds something. */
async function runUntilIdle(pipeline: ScratchPipeline): Promise<Summary> {
  let last = await pipeline.run()
  for (let run = 1; run < MAX_LAST_RUNS && last.changed > 0; run++) last = await pipeline.run()
  return last
}

async function deadLettersOf(pipeline: ScratchPipeline): Promise<number> {
  const { code, stdout, stderr } = await pipeline.command('dead-letters', 'list', '--json')
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`)
  return stdout.split('\n').length - 1
}
