import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import type { PostureFinding } from '../sink.ts'
import { sampleFinding } from '../sample-findings.ts'
import { SampleStage, SINK } from '../sample-stage.ts'

const p1 = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { priority: 'P1' })
const p3 = (key: string, revision: number): PostureFinding => sampleFinding(key, revision, { priority: 'P3' })
const closed = (key: string, revision: number): PostureFinding =>
  sampleFinding(key, revision, { priority: 'P3', state: 'resolved' })
const onlyP1 = { filter: { priority: ['P1'] } } as const
const onlyAnother = { filter: { account: ['999999999999'] } } as const
const refusing = (...names: readonly string[]) => ({
  judge: ({ key, revision }: PostureFinding) =>
    names.includes(`${key}@${revision}`) ? new PermanentError('NO', 'no') : undefined,
})

describe.for([1, 2, 100])('a sink with a filter, in batches of at most %i,', (batch) => {
  const settings = { ...onlyP1, batch }

  test('gets what fits, and of that everything until it is closed, whether it fits still or not', async () => {
    const stage = await SampleStage.embedded()
    await stage.start(settings)
    await stage.find(p1('a', 1), p3('b', 1), p3('a', 2), sampleFinding('a', 3, { state: 'muted' }), closed('b', 2))
    await stage.find(closed('a', 4), p3('a', 5), p3('a', 6), p1('a', 7), p3('a', 8), closed('a', 9), p3('a', 10))
    await stage.caughtUp()
    expect(stage.names()).toEqual(['a@1', 'a@2', 'a@3', 'a@4', 'a@7', 'a@8', 'a@9'])
    expect(stage.counts).toEqual({ delivered: 7, filtered: 5 })
    expect(await stage.remembered()).toEqual([SINK])
  })

  test('hides nothing that it got before, after a restart with another filter', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), p1('b', 1), p3('c', 1))
    expect(await stage.run(settings)).toEqual(['a@1', 'b@1'])
    expect(await stage.remembered()).toEqual([SINK, `${SINK}/a`, `${SINK}/b`])
    await stage.find(p1('a', 2), closed('b', 2), closed('c', 2), p1('d', 1), p1('b', 3))
    expect(await stage.run({ ...onlyAnother, batch })).toEqual(['a@2', 'b@2'])
    await stage.find(closed('a', 3), closed('d', 2))
    expect(await stage.run({ ...onlyAnother, batch })).toEqual(['a@3'])
    expect(await stage.remembered()).toEqual([SINK])
  })

  test('that ran without one before hides nothing that it got then', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p3('a', 1), p3('b', 1), closed('b', 2), p3('c', 1), closed('c', 2), p3('c', 3), p1('d', 1))
    expect((await stage.run({ batch })).toSorted()).toEqual(['a@1', 'b@2', 'c@3', 'd@1'])
    await stage.find(p3('a', 2), p3('b', 3), closed('c', 4), p3('e', 1), closed('d', 2))
    expect(await stage.run(settings)).toEqual(['a@2', 'c@4', 'd@2'])
    await stage.find(closed('a', 3), closed('b', 4), closed('e', 2))
    expect(await stage.run(settings)).toEqual(['a@3'])
    expect(stage.told).toContain(
      'The sink has a filter now; findings that it delivered before are delivered until they are closed',
    )
  })

  test('that lost its filter for a while hides nothing that it got meanwhile', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(p1('a', 1), p3('b', 1))
    expect(await stage.run(settings)).toEqual(['a@1'])
    await stage.find(p3('c', 1))
    expect(await stage.run({ batch })).toEqual(['c@1'])
    await stage.find(closed('c', 2), closed('a', 2), p3('d', 1))
    expect(await stage.run(settings)).toEqual(['c@2', 'a@2'])
  })

  test('that asks for closed findings only is told when one opens again', async () => {
    const stage = await SampleStage.embedded()
    const filter = { state: ['resolved' as const] }
    await stage.find(p1('a', 1), closed('a', 2), p1('b', 1))
    expect(await stage.run({ filter, batch })).toEqual(['a@2'])
    await stage.find(p1('a', 3), closed('a', 4))
    expect(await stage.run({ filter, batch })).toEqual(['a@3', 'a@4'])
    expect(await stage.remembered()).toEqual([SINK, `${SINK}/a`])
    await stage.add({ key: 'a', value: null })
    await stage.run({ filter, batch })
    expect(await stage.remembered()).toEqual([SINK])
  })

  test('does not remember what it refused, and not the closing that it refused', async () => {
    const stage = await SampleStage.embedded()
    await stage.start({ ...settings, ...refusing('a@1', 'b@2') })
    await stage.find(p1('a', 1), p1('b', 1))
    await stage.caughtUp()
    await stage.find(p3('a', 2), closed('b', 2), closed('a', 3), closed('b', 3))
    await stage.caughtUp()
    expect(stage.names()).toEqual(['b@1', 'b@3'])
    expect(stage.counts).toMatchObject({ rejected: 2 })
  })
})
