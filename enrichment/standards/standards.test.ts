import { describe, expect, test } from 'vitest'
import type { ControlObserved } from '../../schemas/generated/posture-event.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { statement } from '../../test/sample-statement.ts'
import { ScratchEnrichment } from '../../test/scratch-enrichment.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const account = '123456789012'

function control(requirement: string, changes: Partial<ControlObserved> = {}): ControlObserved {
  return {
    type: 'control.observed',
    id: `${requirement}/${changes.at ?? NOW}`,
    time: NOW,
    tenant: 'acme',
    collector: 'defender',
    control: { product: 'prowler', provider: 'aws', account, uid: 'bucket-public' },
    standard: 'PCI-DSS-4',
    requirement,
    at: NOW,
    ...changes,
  }
}

function requirementsIn(finding: PostureFinding | undefined): unknown {
  return (finding?.event['compliance'] as { requirements?: unknown } | undefined)?.requirements
}

/** What the clock brings until nothing is left to do. */
function drained(enrichment: ScratchEnrichment): PostureFinding[] {
  const all: PostureFinding[] = []
  for (let settled = false; !settled;) {
    const step = enrichment.tick()
    all.push(...step.findings)
    settled = step.settled
  }
  return all
}

describe('what a source says of a control by itself', () => {
  test('stands with the findings that come after it', async () => {
    const enrichment = new ScratchEnrichment(NOW)
    await enrichment.take(control('1.3.1'), control('1.4'), control('7', { standard: 'ISO-27001' }))
    const [finding] = await enrichment.take(statement('a'))
    expect(requirementsIn(finding)).toEqual(['ISO-27001 7', 'PCI-DSS-4 1.3.1', 'PCI-DSS-4 1.4'])
    expect(finding?.event['compliance']).toMatchObject({ standards: ['ISO-27001', 'PCI-DSS-4'] })
  })

  test('is told of those that came before it, once, and of no others', async () => {
    const enrichment = new ScratchEnrichment(NOW)
    drained(enrichment)
    await enrichment.take(statement('a'), statement('b'), statement('c', { verdict: 'pass' }))
    await enrichment.take(control('1.3.1'), control('1.4'))
    const told = drained(enrichment)
    expect(told.map((finding) => [finding.cause, requirementsIn(finding)])).toEqual([
      ['context', ['PCI-DSS-4 1.3.1', 'PCI-DSS-4 1.4']],
      ['context', ['PCI-DSS-4 1.3.1', 'PCI-DSS-4 1.4']],
    ])
    await enrichment.take(control('1.3.1'), control('1.4', { at: NOW + 1000 }))
    expect(drained(enrichment)).toEqual([])
  })

  test.each([
    ['another account', { control: { product: 'prowler', provider: 'aws', account: '9', uid: 'bucket-public' } }],
    ['another control', { control: { product: 'prowler', provider: 'aws', account, uid: 'bucket-logs' } }],
    ['another tenant', { tenant: 'other' }],
  ])('of %s concerns nobody else', async (_, changes) => {
    const enrichment = new ScratchEnrichment(NOW)
    drained(enrichment)
    await enrichment.take(statement('a'))
    await enrichment.take(control('1.3.1', changes))
    expect(drained(enrichment)).toEqual([])
  })

  test('is withdrawn by a later word, and by no earlier one, whatever the order of arrival', async () => {
    const words = [control('1.4'), control('1.4', { at: NOW + 1, withdrawn: true }), control('1.4', { at: NOW - 1 })]
    for (const order of [words, words.toReversed(), [words[1]!, words[0]!, words[2]!]]) {
      const enrichment = new ScratchEnrichment(NOW)
      await enrichment.take(...order)
      const [finding] = await enrichment.take(statement('a'))
      expect(requirementsIn(finding)).toBeUndefined()
    }
  })

  test('of one time stands rather than that it is withdrawn', async () => {
    for (const order of [
      [control('1.4'), control('1.4', { withdrawn: true })],
      [control('1.4', { withdrawn: true }), control('1.4')],
    ]) {
      const enrichment = new ScratchEnrichment(NOW)
      await enrichment.take(...order)
      expect(requirementsIn((await enrichment.take(statement('a')))[0])).toEqual(['PCI-DSS-4 1.4'])
    }
  })

  test('by names that every object has is told like any other', async () => {
    const enrichment = new ScratchEnrichment(NOW)
    await enrichment.take(control('name', { standard: 'constructor' }), control('x', { standard: '__proto__' }))
    expect(requirementsIn((await enrichment.take(statement('a')))[0])).toEqual(['__proto__ x', 'constructor name'])
  })

  test('reaches more findings than one step of the clock takes, and what comes during its walk as well', async () => {
    const enrichment = new ScratchEnrichment(NOW)
    drained(enrichment)
    await enrichment.take(...Array.from({ length: 1200 }, (_, number) => statement(`bucket-${number}`)))
    await enrichment.take(control('1.3.1'))
    const first = enrichment.tick().findings
    await enrichment.take(control('1.4'))
    const all = [...first, ...drained(enrichment)]
    const last = new Map(all.map((finding) => [finding.key, requirementsIn(finding)]))
    expect(last.size).toBe(1200)
    expect(new Set([...last.values()].map(String))).toEqual(new Set(['PCI-DSS-4 1.3.1,PCI-DSS-4 1.4']))
  })
})

test('the findings that a finding is made of are its related events, and news when they change', async () => {
  const enrichment = new ScratchEnrichment(NOW)
  const event = statement('a')
  const [finding] = await enrichment.take({ ...event, description: { ...event.description, related: ['f2', 'f1'] } })
  expect(finding?.event['finding_info']).toMatchObject({ related_events: [{ uid: 'f2' }, { uid: 'f1' }] })
  const later = statement('a', { at: NOW + 1000 })
  const described = (related: string[]) => ({ ...later, description: { ...later.description, related } })
  expect(await enrichment.take(described(['f1', 'f2']))).toEqual([])
  const more = { ...described(['f1', 'f2', 'f3']), verdict: { ...later.verdict, at: NOW + 2000 } }
  expect(await enrichment.take(more)).toHaveLength(1)
})
