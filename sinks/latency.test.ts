import { expect, test } from 'vitest'
import { sampleFinding } from './sample-findings.ts'
import { SampleStage, type SampleSettings } from './sample-stage.ts'

// The clock of the sample stage.
const NOW = Date.UTC(2025, 10, 25)
const ago = (ms: number): { readonly causedAt: number } => ({ causedAt: NOW - ms })
const known: SampleSettings = { from: 'earliest' }

async function latencies(...causes: readonly { readonly causedAt?: number }[]): Promise<readonly number[]> {
  const stage = await SampleStage.embedded()
  await stage.find(...causes.map((cause, number) => ({ ...sampleFinding(`k${number}`), ...cause })))
  await stage.run(known)
  return stage.latencies
}

test('the latency of a finding counts from when its cause was written until it is delivered', async () => {
  expect(await latencies(ago(2500), ago(40))).toEqual([2.5, 0.04])
})

test('what the clock caused has none, and clocks that disagree give no time below zero', async () => {
  expect(await latencies({}, ago(-3000), { causedAt: Number.NaN })).toEqual([0])
})

test('what is not delivered has none', async () => {
  const stage = await SampleStage.embedded()
  await stage.find({ ...sampleFinding('bad'), ...ago(1) }, { ...sampleFinding('good'), ...ago(7000) })
  await stage.run({ ...known, judge: ({ key }) => (key === 'bad' ? new Error('no') : undefined) })
  expect(stage.latencies).toEqual([7])
})

test('what stood there before a sink was new is no latency; what comes from then on is', async () => {
  const stage = await SampleStage.embedded()
  await stage.find({ ...sampleFinding('old'), ...ago(90_000) })
  await stage.start({ from: 'state' })
  await stage.find({ ...sampleFinding('news'), ...ago(1000) })
  await stage.caughtUp()
  expect(stage.names()).toEqual(['old@1', 'news@1'])
  expect(stage.latencies).toEqual([1])
})
