import { describe, expect, test } from 'vitest'
import type { Vulnerability } from '../../../schemas/generated/posture-event.ts'
import { NO_INTELLIGENCE, type Intelligence } from '../../intelligence.ts'
import { vulnerabilityEvidence } from './vulnerabilities.ts'

const AT = Date.UTC(2026, 10, 25)
const LISTED = 'CVE-2024-3094'
const LIKELY = 'CVE-2024-0002'
const UNLIKELY = 'CVE-2024-0003'
const UNSCORED = 'CVE-2026-9999'
const SCORES = new Map([
  [LISTED, 0.02],
  [LIKELY, 0.1],
  [UNLIKELY, 0.0999],
])
const feeds: Intelligence = {
  epss: { at: AT, count: 3 },
  kev: { at: AT - 1, count: 1 },
  epssOf: (cve) => (SCORES.has(cve) ? { score: SCORES.get(cve) ?? 0, percentile: 0.5 } : undefined),
  kevOf: (cve) => (cve === LISTED ? { addedAt: Date.UTC(2024, 3, 2), ransomware: false } : undefined),
}
const onlyKev: Intelligence = { ...feeds, epss: undefined, epssOf: () => undefined }
const of = (listed: readonly (string | Vulnerability)[], intelligence = feeds) =>
  vulnerabilityEvidence(
    listed.map((each) => (typeof each === 'string' ? { uid: each } : each)),
    { intelligence, epssEasy: 0.1, source: 'Inspector' },
  )

describe('how exploitable vulnerabilities are', () => {
  test('what CISA lists is exploited, for certain, since the day it was added', () => {
    expect(of([LISTED])).toEqual({
      exploitability: {
        value: 'active',
        certainty: 'certain',
        source: 'CISA KEV',
        observedAt: AT - 1,
        evidence: ['CVE-2024-3094 in CISA KEV since 2024-04-02'],
      },
      cve: { uid: LISTED, kev: true, kevAddedAt: Date.UTC(2024, 3, 2), epss: 0.02, epssPercentile: 0.5 },
    })
  })

  test('what is likely to be exploited is easy from the threshold on', () => {
    expect(of([LIKELY])).toMatchObject({
      exploitability: {
        value: 'easy',
        certainty: 'certain',
        source: 'FIRST EPSS',
        evidence: ['CVE-2024-0002 EPSS 0.10'],
      },
      cve: { kev: false, epss: 0.1 },
    })
    expect(of([UNLIKELY]).exploitability).toMatchObject({ value: 'conditional', certainty: 'certain' })
  })

  test("a public exploit, or the source's own score, makes it easy without any list", () => {
    const exploit = { uid: UNSCORED, publicExploit: true }
    expect(of([exploit], NO_INTELLIGENCE)).toMatchObject({
      exploitability: { value: 'easy', certainty: 'certain', source: 'Inspector' },
      cve: { uid: UNSCORED, publicExploit: true },
    })
    expect(of([{ uid: UNSCORED, epss: 0.4 }], NO_INTELLIGENCE).exploitability).toMatchObject({
      value: 'easy',
      source: 'Inspector',
    })
    // The list is newer than what the source once read.
    expect(of([{ uid: UNLIKELY, epss: 0.4 }]).exploitability).toMatchObject({
      value: 'conditional',
      certainty: 'certain',
    })
  })

  test('is at most possible where a list is missing, or does not know it yet', () => {
    for (const found of [of([UNLIKELY], NO_INTELLIGENCE), of([UNLIKELY], onlyKev), of([UNSCORED])])
      expect(found.exploitability).toMatchObject({ value: 'conditional', certainty: 'possible' })
    expect(of([UNLIKELY], NO_INTELLIGENCE).cve).toEqual({ uid: UNLIKELY })
    expect(of([UNLIKELY], onlyKev).cve).toEqual({ uid: UNLIKELY, kev: false })
  })

  test("an advisory that is no CVE is possible, and is nobody's CVE", () => {
    expect(of(['GHSA-aaaa-bbbb-cccc'])).toEqual({
      exploitability: {
        value: 'conditional',
        certainty: 'possible',
        source: 'Inspector',
        evidence: ['GHSA-aaaa-bbbb-cccc: an advisory that is no CVE'],
      },
    })
    expect(of([{ uid: 'GHSA-aaaa-bbbb-cccc', publicExploit: true }]).exploitability?.value).toBe('easy')
    expect(of([])).toEqual({})
  })

  test('of several the worst decides, whatever their order', () => {
    for (const order of [
      [UNLIKELY, LISTED, LIKELY],
      [LISTED, LIKELY, UNLIKELY],
      [LIKELY, UNLIKELY, LISTED, 'GHSA-aaaa-bbbb-cccc'],
    ])
      expect(of(order)).toMatchObject({ exploitability: { value: 'active' }, cve: { uid: LISTED } })
    const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
    const graver = { uid: 'CVE-2024-9998', cvss: [{ version: '3.1', score: 9.8, vector }] }
    expect(of([UNSCORED, graver]).cve).toMatchObject({ uid: graver.uid, automatable: true, technicalImpact: 'total' })
    expect(of(['CVE-2025-2222', 'CVE-2025-1111']).cve?.uid).toBe('CVE-2025-1111')
  })

  test('one of which too little is known keeps the others from proving that nothing is easy', () => {
    expect(of([UNLIKELY, UNSCORED]).exploitability).toMatchObject({ value: 'conditional', certainty: 'possible' })
    expect(of([LIKELY, UNSCORED]).exploitability).toMatchObject({ value: 'easy', certainty: 'certain' })
  })

  test('an id counts in any case', () => {
    expect(of([LISTED.toLowerCase()]).cve).toMatchObject({ uid: LISTED, kev: true })
  })
})
