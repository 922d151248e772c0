import { describe, expect, test, vi } from 'vitest'
import { findingHeaders } from '../../schemas/records.ts'
import { topics } from '../../stream/topics.ts'
import { sampleFinding } from '../sample-findings.ts'
import { PARTITION, SampleStage, SINK } from '../sample-stage.ts'

const many = (count: number, revision: number) =>
  Array.from({ length: count }, (_, at) => sampleFinding(`k${at}`, revision))
const names = (count: number, revision: number) => many(count, revision).map(({ key }) => `${key}@${revision}`)

describe('a new sink starts', () => {
  test('with the latest state of every finding, each once, and then gets every revision', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(sampleFinding('a', 1), sampleFinding('a', 3), sampleFinding('b', 1), sampleFinding('a', 2))
    await stage.find(sampleFinding('gone', 1), sampleFinding('theirs', 1, { tenant: 'globex' }))
    await stage.add({ key: 'gone', value: null })
    const headers = findingHeaders(sampleFinding('b', 2), 0)
    await stage.add({ key: 'b', value: Buffer.from('{'), headers: { ...headers, revision: 'two' } })
    await stage.start({ batch: 2 })
    await stage.caughtUp()
    await stage.find(sampleFinding('a', 4), sampleFinding('a', 5), sampleFinding('c', 1))
    await stage.caughtUp()
    expect(stage.names()).toEqual(['a@3', 'b@1', 'a@4', 'a@5', 'c@1'])
    expect(stage.counts).toEqual({ delivered: 5, superseded: 3, foreign_tenant: 1, forgotten: 1, rejected: 1 })
    expect(await stage.remembered()).toEqual([])
  })

  test('and goes on after a crash in the middle as if there had been none', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(...many(30, 1), ...many(30, 2))
    let room = 12
    const stop = await stage.start({
      batch: 5,
      judge: async (_, signal) => {
        room -= 1
        if (room < 0)
          await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))))
        return undefined
      },
    })
    await vi.waitFor(() => expect(stage.taken).toHaveLength(12))
    await stop()
    expect(await stage.remembered()).toEqual([SINK])
    await stage.find(...many(30, 3), ...many(30, 4))
    await stage.run({ batch: 5 })
    // What was taken and not committed is taken again.
    const [twice, rest] = [stage.names().slice(10, 12), stage.names().slice(12)]
    expect(stage.names().slice(0, 10)).toEqual(names(10, 2))
    expect(twice).toEqual(names(30, 2).slice(10, 12))
    expect(rest).toEqual([...names(30, 2).slice(10), ...names(30, 3), ...names(30, 4)])
    expect(await stage.remembered()).toEqual([])
  })

  test('before anything is there and loses nothing, whenever it is stopped and started again', async () => {
    const stage = await SampleStage.embedded()
    expect(await stage.run()).toEqual([])
    await stage.find(...many(3, 1), ...many(3, 2))
    expect(await stage.run()).toEqual([...names(3, 1), ...names(3, 2)])
    await stage.find(...many(3, 3), ...many(3, 4))
    expect(await stage.run()).toEqual([...names(3, 3), ...names(3, 4)])
    expect(await stage.stream.ends(topics.deliveries.name)).toEqual(
      new Map([
        [0, 0n],
        [PARTITION, 0n],
      ]),
    )
  })

  test('with the latest state also where it takes nothing else', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(...many(5, 2), ...many(5, 1))
    expect(await stage.run({ takes: 'latest-state', batch: 3 })).toEqual(names(5, 2))
  })

  test('with what comes from now on, and goes on from there, also when it has seen nothing yet', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(...many(3, 1))
    expect(await stage.run({ from: 'now' })).toEqual([])
    await stage.find(...many(3, 2), ...many(3, 3))
    expect(await stage.run({ from: 'now' })).toEqual([...names(3, 2), ...names(3, 3)])
  })

  test('with everything that is kept', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(...many(3, 1), ...many(3, 2))
    expect(await stage.run({ from: 'earliest' })).toEqual([...names(3, 1), ...names(3, 2)])
  })

  test('once: with another start it goes on where it was', async () => {
    const stage = await SampleStage.embedded()
    await stage.find(...many(2, 1))
    await stage.run({ from: 'earliest' })
    await stage.find(...many(2, 2), ...many(2, 3))
    expect(await stage.run({ from: 'now' })).toEqual([...names(2, 2), ...names(2, 3)])
    await stage.find(...many(2, 4), ...many(2, 5))
    expect(await stage.run({ from: 'state' })).toEqual([...names(2, 4), ...names(2, 5)])
  })

  test.for([
    ['state', ['b@1', 'a@3', 'b@2']],
    ['now', ['b@2']],
    ['earliest', ['b@1', 'a@3', 'b@2']],
  ] as const)('by its filter too, from %s', async ([from, taken]) => {
    const stage = await SampleStage.embedded()
    const filter = { priority: ['P1' as const] }
    const p1 = { priority: 'P1' } as const
    await stage.find(sampleFinding('a', 1), sampleFinding('b', 1, p1), sampleFinding('a', 2), sampleFinding('a', 3, p1))
    const stop = await stage.start({ from, filter, batch: 2 })
    await stage.caughtUp()
    await stop()
    await stage.find(sampleFinding('c', 1), sampleFinding('b', 2, p1))
    await stage.run({ from, filter })
    expect(stage.names()).toEqual(taken)
    expect(await stage.remembered()).toEqual([SINK, ...(from === 'now' ? [] : [`${SINK}/a`]), `${SINK}/b`])
  })
})

describe('attributes that are left out', () => {
  test('stand neither in the event nor in its bytes, and a dead letter has them all the same', async () => {
    const stage = await SampleStage.embedded()
    const finding = sampleFinding('a')
    await stage.find(finding, sampleFinding('b'))
    const settings = {
      omit: ['resources.type', 'message'],
      judge: ({ key }: { key: string }) => (key === 'b' ? new Error('no') : undefined),
    }
    await stage.run(settings)
    const { message: _, ...event } = finding.event
    const resources = (event['resources'] as { type: string }[]).map(({ type: _type, ...rest }) => rest)
    expect(stage.taken.map((each) => each.event)).toEqual([{ ...event, resources }])
    expect(JSON.parse(Buffer.from(stage.taken[0]!.bytes).toString())).toEqual(stage.taken[0]!.event)
    const [letter] = await stage.records(topics.deadLetters.name)
    expect(Buffer.from(letter!.value!)).toEqual(sampleFinding('b').bytes)
  })
})

test('the age of a finding is measured when it is delivered', async () => {
  const stage = await SampleStage.embedded()
  await stage.find(sampleFinding('a', 1), sampleFinding('a', 61))
  await stage.run({ from: 'earliest' })
  // A sample's revision 1 is of 16:00:01 on the day before; the clock of the stage says midnight.
  expect(stage.ages).toEqual([8 * 3600 - 1, 8 * 3600 - 61])
})
