import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { OWN_WORKFLOW_FIELD } from '../../schemas/security-hub-marks.ts'
import { MINUTE, SecurityHubLoop } from '../security-hub-loop.ts'

const DAY = 24 * 60 * MINUTE

async function settled(): Promise<SecurityHubLoop> {
  const loop = new SecurityHubLoop()
  expect(await loop.settle()).toBe(1)
  expect(loop.finding).toMatchObject({ revision: 1, state: 'open' })
  return loop
}

describe('a finding of Security Hub that goes out and comes back', () => {
  test('settles after one round: our fields and note are no news', async () => {
    const loop = await settled()
    expect(loop.updates).toBe(1)
    expect(loop.there.Note?.Text).toMatch(/^posture-stream: P3/)
    expect(await loop.settle()).toBe(0)
    expect(loop.finding.revision).toBe(1)
  })

  test('is one change, whichever ways it comes, in every order and any number of times', async () => {
    const collectors = ['home', 'aggregation', 'queue']
    const ways = fc.shuffledSubarray([...collectors, ...collectors], { minLength: 6 })
    await fc.assert(
      fc.asyncProperty(ways, async (order) => {
        const loop = new SecurityHubLoop()
        const statements = collectors.map((collector): [string, FindingObserved] => {
          loop.enrichment.now += MINUTE
          return [collector, loop.read(collector)]
        })
        const found = await loop.enrichment.take(...order.map((each) => new Map(statements).get(each)!))
        expect(found.map(({ revision, state }) => [revision, state])).toEqual([[1, 'open']])
      }),
      { numRuns: 60 },
    )
  })

  test('is suppressed there by our mute, opens again when that expires, and stays so', async () => {
    const loop = await settled()
    await loop.decide('mute', DAY)
    expect(loop.status).toBe('SUPPRESSED')
    expect(await loop.settle()).toBe(0)
    expect(loop.finding).toMatchObject({ revision: 2, state: 'muted' })
    loop.pass(2 * DAY)
    expect(loop.finding).toMatchObject({ revision: 3, state: 'open', cause: 'expiry' })
    expect(loop.status).toBe('NEW')
    expect(await loop.settle()).toBe(0)
  })

  test('opens again also when nothing was read since the mute, and when it is taken back', async () => {
    const loop = await settled()
    await loop.decide('mute', DAY)
    loop.pass(2 * DAY)
    expect(loop.status).toBe('NEW')
    await loop.decide('mute')
    await loop.settle()
    await loop.decide('unmute')
    expect(loop.finding.state).toBe('open')
    expect(loop.status).toBe('NEW')
    expect(await loop.settle()).toBe(0)
  })

  test('opens again even where the way back was closed for as long as the mute lasted', async () => {
    const loop = await settled()
    await loop.decide('mute', DAY)
    const suppressed = loop.there
    loop.pass(2 * DAY)
    // What the sink wrote at the expiry is lost, as if it had never arrived.
    loop.there = suppressed
    expect(await loop.settle()).toBe(0)
    expect(loop.finding.state).toBe('open')
  })

  test("an analyst's mute is mirrored and stays theirs, through a mute of ours and its end", async () => {
    const loop = await settled()
    loop.analyst('SUPPRESSED')
    await loop.settle()
    expect(loop.finding).toMatchObject({ revision: 2, state: 'muted' })
    expect(loop.there.UserDefinedFields?.[OWN_WORKFLOW_FIELD]).not.toBe('SUPPRESSED')
    await loop.decide('mute', DAY)
    await loop.settle()
    loop.pass(2 * DAY)
    await loop.settle()
    expect(loop.finding.state).toBe('muted')
    expect(loop.status).toBe('SUPPRESSED')
    loop.analyst('NEW')
    await loop.settle()
    expect(loop.finding.state).toBe('open')
    expect(loop.status).toBe('NEW')
  })

  test('is fixed and fails again: Security Hub sets its workflow itself, and we add nothing', async () => {
    const loop = await settled()
    loop.evaluated('PASSED')
    await loop.settle()
    expect(loop.finding.state).toBe('resolved')
    expect(loop.status).toBe('RESOLVED')
    loop.evaluated('FAILED')
    await loop.settle()
    expect(loop.finding.state).toBe('open')
    expect(loop.status).toBe('NEW')
    expect(await loop.settle()).toBe(0)
  })

  test('is fixed while we mute it: the fix is stronger, and a relapse opens', async () => {
    const loop = await settled()
    await loop.decide('mute')
    loop.evaluated('PASSED')
    await loop.settle()
    expect(loop.finding.state).toBe('resolved')
    loop.evaluated('FAILED')
    await loop.settle()
    expect(loop.finding.state).toBe('open')
    expect(loop.status).toBe('NEW')
    expect(await loop.settle()).toBe(0)
  })

  test('settles whatever analysts, decisions and evaluations do, and is never suppressed there while it is open', async () => {
    const steps: Readonly<Record<string, (loop: SecurityHubLoop) => Promise<unknown> | void>> = {
      notified: (loop) => loop.analyst('NOTIFIED'),
      suppressed: (loop) => loop.analyst('SUPPRESSED'),
      renewed: (loop) => loop.analyst('NEW'),
      closed: (loop) => loop.analyst('RESOLVED'),
      muted: (loop) => loop.decide('mute', DAY),
      unmuted: (loop) => loop.decide('unmute'),
      passed: (loop) => loop.evaluated('PASSED'),
      failed: (loop) => loop.evaluated('FAILED'),
      later: (loop) => loop.pass(2 * DAY),
      read: (loop) => loop.settle(),
    }
    const sequences = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        const loop = new SecurityHubLoop()
        await loop.settle()
        for (const step of sequence) await steps[step]!(loop)
        expect(await loop.settle()).toBeLessThanOrEqual(2)
        expect(await loop.settle()).toBe(0)
        if (loop.finding.state === 'open') expect(loop.status).not.toBe('SUPPRESSED')
      }),
      { numRuns: 250 },
    )
  })
})
