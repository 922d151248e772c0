import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { ended, samples, ScratchPipeline } from './scratch-pipeline.ts'

const MAX_RUNS = 90
const HOUR_S = 3600

interface Record {
  time: number
  status_code: string
  finding_info: { created_time: number }
  unmapped: { scan_id: string }
}

const first = JSON.parse(readFileSync(join(samples, 'scan-1/prowler.ocsf.json'), 'utf8')) as Record[]

/** One of a row of scans an hour apart, each of which fixes, breaks and leaves out other findings than the one before. */
function scan(number: number): string {
  const records = first.flatMap((record, index) => {
    if ((index + number) % 11 === 0) return []
    const turned = (index + number) % 7 === 0 && record.status_code === 'FAIL'
    const unmapped = { ...record.unmapped, scan_id: `scan-${number}` }
    // All of them in the past: a scan that is ahead of our clock counts as of now, and then it would matter when it was read.
    const time = record.time + (number - MAX_RUNS - 1) * HOUR_S
    return [{ ...record, time, status_code: turned ? 'PASS' : record.status_code, unmapped }]
  })
  return JSON.stringify(records)
}

function newPipeline(): ScratchPipeline {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  return pipeline
}

/** Anywhere in a run: while it starts, works, or is about to end. */
function strikeAfter(runMs: number): number {
  return runMs === Infinity ? 600_000 : runMs * (0.2 + 0.9 * Math.random())
}

/**
 * Kills runs on growing reports at random moments, so often at the least, and `wantedAtWork` of them when the sinks have
 * begun to write; then expects the same as an undisturbed run leaves.
 */
export async function expectKillsToChangeNothing(wanted: number, wantedAtWork: number): Promise<void> {
  const killed = newPipeline()
  let kills = 0
  let scans = 0
  let atWork = 0
  // The first run is left alone: it tells how long one takes.
  let runMs = Infinity
  while ((kills < wanted || atWork < wantedAtWork) && scans < MAX_RUNS) {
    // One more scan for every run, so that there is always work for the kill to strike.
    killed.add(`scan-${scans}.json`, scan(scans++))
    const began = performance.now()
    const child = killed.start()
    const end = ended(child)
    const struck = new AbortController()
    const before = killed.revisions().length
    const strike = sleep(strikeAfter(runMs), undefined, { signal: struck.signal }).then(
      () => child.kill('SIGKILL'),
      () => false,
    )
    const { signal } = await end
    struck.abort()
    await strike
    const worked = killed.revisions().length > before
    if (signal === 'SIGKILL') kills += 1
    if (signal === 'SIGKILL' && worked) atWork += 1
    // How long a run takes changes with what is left to do and with whatever else the machine does.
    if (signal === null) runMs = performance.now() - began
    else if (!worked) runMs *= 1.2
  }
  const summary = await killed.run()

  const undisturbed = newPipeline()
  for (let number = 0; number < scans; number++) undisturbed.add(`scan-${number}.json`, scan(number))
  await undisturbed.run()
  console.log(
    `${kills} kills in ${scans} runs, ${atWork} of them after the sinks had begun to write; ${undisturbed.revisions().length} revisions; at the end`,
    summary,
  )
  expect(kills).toBeGreaterThanOrEqual(wanted)
  expect(atWork).toBeGreaterThanOrEqual(wantedAtWork)
  expect(killed.revisions()).toEqual(undisturbed.revisions())
  expect(killed.latest()).toEqual(undisturbed.latest())
}
