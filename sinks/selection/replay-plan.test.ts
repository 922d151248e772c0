import { describe, expect, test } from 'vitest'
import { topics } from '../../stream/topics.ts'
import { sampleFinding } from '../sample-findings.ts'
import { PARTITION, SampleStage, SINK } from '../sample-stage.ts'
import type { PostureFinding } from '../sink.ts'
import { Filter, type SinkFilter } from './filter.ts'
import { ReplayPlan } from './replay-plan.ts'

const FINDINGS = topics.findings.name
const P1 = { priority: ['P1'] } as const satisfies SinkFilter
const { signal } = new AbortController()

const p1 = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { priority: 'P1' })
const p3 = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { priority: 'P3' })
const closed = (key: string, revision: number): PostureFinding =>
  sampleFinding(key, revision, { state: 'resolved', priority: 'P3' })

interface Wanted {
  readonly takes?: 'latest-state' | 'every-revision'
  readonly filter?: SinkFilter
  readonly only?: SinkFilter
  /** The offset to begin with. */
  readonly from?: bigint
}

async function planOf(stage: SampleStage, { takes = 'every-revision', filter, only, from = 0n }: Wanted) {
  return await ReplayPlan.make(stage.stream, {
    name: SINK,
    tenant: 'acme',
    takes,
    filter: filter && new Filter(filter),
    only: only && new Filter(only),
    from: new Map([[PARTITION, from]]),
    signal,
  })
}

/** What a replay gives the sink, as key@revision. */
async function replayed(stage: SampleStage, wanted: Wanted = {}): Promise<string[]> {
  const plan = await planOf(stage, wanted)
  const before = stage.taken.length
  const { takes = 'every-revision' } = wanted
  const stop = await stage.start({ takes, group: `replay.${SINK}`, replay: plan })
  await plan.done
  await stop()
  expect(plan.given).toBe(plan.findings)
  await stage.stream.forgetGroup(FINDINGS, `replay.${SINK}`)
  return stage.names(before)
}

describe('a replay', () => {
  test('gives every revision that is kept, or those from a place on', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), p3('b', 1), p1('a', 2), closed('b', 2))
    expect(await replayed(stage)).toEqual(['a@1', 'b@1', 'a@2', 'b@2'])
    expect(await replayed(stage, { from: 2n })).toEqual(['a@2', 'b@2'])
    expect(await replayed(stage, { from: 4n })).toEqual([])
  })

  test('gives a latest-state sink the highest revision of each finding, by number, and none that is forgotten', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 2), p1('a', 1), p1('b', 1), p3('b', 2), p1('c', 1))
    await stage.add({ key: 'c', value: null, headers: { tenant: 'acme' } })
    expect(await replayed(stage, { takes: 'latest-state' })).toEqual(['a@2', 'b@2'])
  })

  test('ends with what stood there when it was planned, whatever comes meanwhile', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), p1('b', 1))
    const plan = await planOf(stage, {})
    await stage.find(p1('a', 2), p1('c', 1))
    const stop = await stage.start({ group: `replay.${SINK}`, replay: plan })
    await plan.done
    await stop()
    expect(stage.names()).toEqual(['a@1', 'b@1'])
    expect(plan.isDone).toBe(true)
  })

  test('leaves out what is another tenant’s and what cannot be read: that is a dead letter already', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), sampleFinding('x', 1, { tenant: 'other' }))
    await stage.add({ key: 'bad', value: Buffer.from('{'), headers: { schema: 'nonsense', tenant: 'acme' } })
    expect(await replayed(stage)).toEqual(['a@1'])
    expect((await stage.stream.ends(topics.deadLetters.name)).get(PARTITION)).toBe(0n)
  })

  test('says so where a newer version wrote something, and plans nothing', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1))
    await stage.add({ key: 'n', value: Buffer.from('{}'), headers: { schema: 'posture-finding/99', tenant: 'acme' } })
    await expect(planOf(stage, {})).rejects.toMatchObject({ code: 'SCHEMA_NEWER', retryable: false })
  })

  test('neither moves the sink nor changes what it remembers', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), p3('b', 1), p1('c', 1), closed('c', 2))
    expect(await stage.run({ filter: P1, from: 'earliest' })).toEqual(['a@1', 'c@1', 'c@2'])
    const state = async () => [
      await stage.stream.positions(FINDINGS, `sink.${SINK}`),
      await stage.stream.ends(topics.deliveries.name),
      await stage.remembered(),
    ]
    const before = await state()
    await stage.find(p3('a', 2), p1('d', 1))
    expect(await replayed(stage, { filter: P1 })).toEqual(['a@1', 'c@1', 'c@2', 'a@2', 'd@1'])
    expect(await state()).toEqual(before)
    expect(await stage.stream.positions(FINDINGS, `replay.${SINK}`)).toEqual(new Map())
    expect(await stage.run({ filter: P1 })).toEqual(['a@2', 'd@1'])
  })
})

describe('a replay of a sink with a filter', () => {
  test('tells of what was given before the place where it begins, to its end', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), p3('b', 1), p3('a', 2), p3('b', 2), closed('a', 3), closed('b', 3), p3('a', 4))
    expect(await replayed(stage, { filter: P1, from: 2n })).toEqual(['a@2', 'a@3'])
    expect(await replayed(stage, { filter: P1, takes: 'latest-state', from: 2n })).toEqual(['a@3'])
  })

  test('tells a closing that follows a closing, as one that came with it was', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), closed('a', 2), sampleFinding('a', 3, { state: 'gone', priority: 'P3' }))
    expect(await replayed(stage, { filter: P1, takes: 'latest-state' })).toEqual(['a@3'])
  })

  test('goes by what the sink remembers, where an earlier filter chose a finding', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p3('a', 1), p3('b', 1))
    expect(await stage.run({ filter: { priority: ['P3'] } })).toEqual(['a@1', 'b@1'])
    await stage.find(closed('b', 2), p3('c', 1))
    await stage.run({ filter: P1 })
    expect(await replayed(stage, { filter: P1 })).toEqual(['a@1'])
  })

  test('tells a closing whose earlier revisions are no longer kept, where all but its state fits', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(sampleFinding('a', 5, { state: 'resolved', priority: 'P1' }), closed('b', 5), closed('c', 1))
    expect(await replayed(stage, { filter: { ...P1, state: ['open'] } })).toEqual(['a@5'])
  })

  test('takes another filter on top, which is as kind to what it has chosen', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(
      p1('a', 1),
      sampleFinding('b', 1, { priority: 'P2' }),
      p3('c', 1),
      p3('a', 2),
      closed('b', 2),
      closed('a', 3),
    )
    const filter = { priority: ['P1', 'P2'] } as const
    expect(await replayed(stage, { filter, only: P1 })).toEqual(['a@1', 'a@2', 'a@3'])
    expect(await replayed(stage, { only: { state: ['resolved'] } })).toEqual(['b@2', 'a@3'])
    expect(await replayed(stage, { only: P1, takes: 'latest-state' })).toEqual(['a@3'])
  })
})
