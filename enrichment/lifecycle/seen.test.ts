import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { statement } from '../../test/sample-statement.ts'
import { ScratchEnrichment } from '../../test/scratch-enrichment.ts'

const T = Date.UTC(2026, 10, 25, 12)
const HOUR = 3600_000

/** What a source says that stamps when a verdict changed, and when it said so. */
function said(verdict: 'fail' | 'pass' | 'deleted', changed: number, exported: number): FindingObserved {
  const event = statement('st1', { verdict: verdict === 'pass' ? 'pass' : 'fail', at: T + changed * HOUR })
  return {
    ...event,
    id: `${verdict}/${exported}`,
    time: T + 20 * HOUR,
    seen: { last: T + exported * HOUR },
    verdict:
      verdict === 'deleted'
        ? { value: 'none', at: T + exported * HOUR, sequence: T + exported * HOUR }
        : { ...event.verdict, sequence: T + exported * HOUR },
    description: { ...event.description, at: T + exported * HOUR },
    ...(verdict === 'deleted' ? { archived: true, deleted: true } : {}),
  }
}

async function lastOf(events: readonly FindingObserved[]) {
  const enrichment = new ScratchEnrichment(T + 20 * HOUR)
  const findings = await enrichment.take(...events)
  return { findings, last: findings.at(-1) }
}

test('who stamps both changes and exports is believed by the change, and a later export of an older state changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([said('fail', 0, 1), said('pass', 2, 2), said('fail', 0, 5)], { minLength: 3 }),
      async (events) => {
        const { last } = await lastOf([...events, ...events])
        expect(last?.state ?? 'never opened').toBe(events[0]?.verdict.value === 'pass' ? 'never opened' : 'resolved')
      },
    ),
  )
})

test('a resource that was taken back is gone whatever else arrives late, and is there again once that is exported', async () => {
  const history = [said('fail', 0, 1), said('deleted', 3, 3)]
  const late = [said('fail', 0, 2)]
  expect((await lastOf([...history, ...late])).last?.state).toBe('gone')
  expect((await lastOf([...history, said('fail', 0, 4)])).last?.state).toBe('open')
  expect((await lastOf([history[1]!, history[0]!])).findings).toEqual([])
})

test('what a source says again tells nobody anything, but that it was seen', async () => {
  const enrichment = new ScratchEnrichment(T + 20 * HOUR)
  await enrichment.take({ ...said('fail', 0, 1), seen: { first: T - 48 * HOUR, last: T + HOUR } })
  expect(await enrichment.take(said('fail', 0, 5))).toEqual([])
  const [finding] = await enrichment.take(said('pass', 6, 6))
  expect(finding?.event['finding_info']).toMatchObject({
    first_seen_time: T - 48 * HOUR,
    last_seen_time: T + 6 * HOUR,
  })
  expect(finding?.event['start_time']).toBe(T)
})

test('two changes that bear one time count in the order in which they were exported', async () => {
  const events = [said('fail', 0, 1), said('pass', 0, 2)]
  expect((await lastOf(events)).last?.state).toBe('resolved')
  expect((await lastOf(events.toReversed())).findings).toEqual([])
})
