import { expect, test } from 'vitest'
import { MINUTE, START, completed, observed, started, uidOf } from '../../enrichment/lifecycle/sample-assets.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../sample-statement.ts'
import { ScratchEnrichmentStage } from '../scratch-enrichment-stage.ts'

const DAY = 24 * 60 * MINUTE
const LATER = START + 60 * MINUTE

function open(): Promise<ScratchEnrichmentStage> {
  return ScratchEnrichmentStage.open({ now: START + DAY, partitions: 1 })
}

/** How many records of posture.state there are of each kind. */
async function written(bench: ScratchEnrichmentStage): Promise<Record<string, number>> {
  const records = await bench.records(topics.state.name)
  return Object.fromEntries(
    Object.entries(Object.groupBy(records, ({ key }) => key.split('/')[0]!)).map(([kind, all]) => [kind, all!.length]),
  )
}

/** Every asset as the scan that starts at `at` sees it. */
function scanOf(ids: readonly string[], uid: string, at: number): PostureEvent[] {
  const scan = { uid, time: at }
  const assets = ids.map((id) => observed({ id, at: at + MINUTE, scan, document: { name: id } }))
  return [started({ uid, at }), ...assets, completed({ uid, at, assets: ids.length })]
}

test('what a complete scan does not see any more is gone with its findings, also where enrichment was stopped between', async () => {
  const ids = Array.from({ length: 1200 }, (_, index) => `sg-${index}`)
  const bench = await open()
  await bench.publish(...scanOf(ids, 'one', START), statement(uidOf('sg-7'), { at: START + 2 * MINUTE }))
  await bench.settled()
  expect(await bench.emitted()).toEqual(['1 open observed'])

  await bench.publish(...scanOf(ids.slice(1100), 'two', LATER))
  await bench.stop()
  await bench.start()
  await bench.stop()
  await bench.start({ lost: true })
  await bench.settled()
  expect(await bench.emitted()).toEqual(['1 open observed', '2 gone deleted'])
  const deleted = (await bench.records(topics.state.name)).filter(
    ({ key, value }) => key.startsWith('asset/') && value !== null && JSON.parse(Buffer.from(value).toString()).deleted,
  )
  expect(deleted).toHaveLength(1100)
}, 60_000)

test('a scan that sees nothing new writes a small mark for each asset, and no document', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `sg-${index}`)
  const bench = await open()
  await bench.publish(...scanOf(ids, 'one', START))
  await bench.settled()
  const before = await written(bench)
  await bench.publish(...scanOf(ids, 'two', LATER))
  await bench.settled()
  const after = await written(bench)
  expect(before['asset']).toBe(300)
  expect(after['asset']).toBe(300)
  expect(after['asset-seen']).toBe(600)
})

test('an invalid document becomes a dead letter, and its scan deletes nothing', async () => {
  const bench = await open()
  await bench.publish(...scanOf(['sg-1', 'sg-2'], 'one', START))
  const [start, seen, end] = scanOf(['sg-1'], 'two', LATER) as [PostureEvent, PostureEvent, PostureEvent]
  await bench.publish(start, { ...seen, document: { type: 'AWS::EC2::SecurityGroup', name: 7 } } as PostureEvent, end)
  await bench.settled()
  const dead = await bench.records(topics.deadLetters.name)
  expect(dead.map(({ headers }) => headers['dl_code'])).toEqual(['ASSET_DOCUMENT_INVALID'])
  expect((await written(bench))['asset']).toBe(2)
})
