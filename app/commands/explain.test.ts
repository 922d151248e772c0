import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EvidenceVector } from '../../enrichment/evidence.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { SampleProcess } from './sample-process.ts'
import { rankedFinding, rankingCatalogs, storeFindings } from './sample-ranked-findings.ts'

const HEAD =
  'tenant: acme\nstream: { type: embedded, directory: ./data }\nsinks: { s: { type: local, path: ./findings.db } }\n'
const open: EvidenceVector = {
  severity: { value: 'high', certainty: 'certain', source: 'Prowler' },
  exposure: { value: 'internet', certainty: 'possible', source: 'Prowler', evidence: ['category internet-exposed'] },
  asset: { value: 'prod', certainty: 'certain', source: 'tag env=prod' },
}
const cve: EvidenceVector = {
  severity: { value: 'medium', certainty: 'certain', source: 'Trivy' },
  exploitability: { value: 'conditional', certainty: 'certain', source: 'Trivy' },
  cve: { uid: 'CVE-2024-3094', kev: false, epss: 0.02 },
}

let sample: SampleProcess
let config: string
beforeEach(async () => {
  sample = new SampleProcess(rankingCatalogs)
  config = sample.file('posture.yaml', HEAD)
  await storeFindings(sample.directory, [
    rankedFinding('v1:aaaa1111', 'Port 22 is open', open),
    rankedFinding('v1:aaaa2222', 'A CVE', cve),
    rankedFinding('v1:bbbb1111', 'Altered', open, { band: 'P4', score: 3 }),
    rankedFinding('v1:bbbb2222', 'Of a newer version', open, { evidence: { exposure: { value: 'orbit' } } }),
    sampleFinding('v1:cccc1111', 1, { title: 'Of an older version' }),
  ])
})
afterEach(() => sample[Symbol.dispose]())

const explain = (...args: string[]): ReturnType<SampleProcess['run']> => sample.run('explain', ...args, '-c', config)
async function asJson(...args: string[]): Promise<Explained> {
  const { out, err } = await explain(...args, '--json')
  expect(err).toBe('')
  return JSON.parse(out) as Explained
}
interface Explained {
  readonly sameRuleset: boolean
  readonly event: { readonly band: string; readonly score: number }
  readonly now: Decided
  readonly whatIf: Decided
}
interface Decided {
  readonly band: string
  readonly score: number
  readonly range: readonly string[]
  readonly steps: readonly { readonly title: string; readonly text: string }[]
}

describe('explain', () => {
  test('shows the evidence of the event, every step through the tables, and what the event says comes out', async () => {
    const { now, event, sameRuleset } = await asJson('aaaa1')
    expect(sameRuleset).toBe(true)
    expect({ band: now.band, score: now.score }).toEqual({ band: event.band, score: event.score })
    const { code, out, err } = await explain('aaaa1')
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n').slice(0, 4)).toEqual([
      'Port 22 is open',
      'v1:aaaa1111, revision 1',
      '',
      `${event.band} (score ${event.score})`,
    ])
    for (const { title } of now.steps) expect(out).toContain(title)
    expect(out).toMatch(/^Exposure +internet \(Prowler, possible: category internet-exposed\)$/m)
    expect(out).toMatch(/^Asset +prod \(certain, tag env=prod\)$/m)
    expect(out).toMatch(/^Data +unknown, counts as internal$/m)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(sample.columns)
  })

  test('takes the whole key or its beginning, and asks for more where several begin so', async () => {
    expect((await explain('v1:aaaa1111')).code).toBe(0)
    expect(await explain('aaaa')).toMatchObject({ code: 2, err: expect.stringContaining('write more of it') as string })
    expect(await explain('ffff')).toMatchObject({ code: 1, err: expect.stringContaining('findings list') as string })
  })

  test('says when the event was ranked by another ruleset, and what it is by the one in force', async () => {
    sample.file('posture.yaml', `${HEAD}enrichment: { priority: { severityDefault: { high: P1, critical: P1 } } }\n`)
    const { code, out } = await explain('aaaa1')
    expect(code).toBe(0)
    expect(out).toMatch(/^P1 \(score \d+\)$/m)
    const text = out.replaceAll('\n', ' ')
    expect(text).toMatch(/was ranked by another ruleset \(default, version 1, [0-9a-f]{8}\) and says P[23];/)
    expect(text).toMatch(/by the one in force \(configured, version 1, [0-9a-f]{8}\)/)
    expect(await asJson('aaaa1')).toMatchObject({ sameRuleset: false, now: { band: 'P1' } })
  })

  test('fails where the event does not say what its own ruleset makes of its evidence', async () => {
    const { code, out } = await explain('bbbb1')
    expect(code).toBe(1)
    expect(out).toContain('The event says P4 (score 3), but the same ruleset makes')
    expect(out).toMatch(/^Likelihood/m)
    expect(await asJson('bbbb1')).toMatchObject({ altered: true, sameRuleset: true })
    expect(await asJson('aaaa1')).toMatchObject({ altered: false })
  })

  test.each(['cccc1', 'bbbb2'])(
    '%s, which holds no evidence that can be read, is told with what to do',
    async (key) => {
      const { code, out, err } = await explain(key)
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('holds no evidence that this version can read')
    },
  )
})

describe('explain --if', () => {
  test('answers with the priority before and after, and the steps that differ', async () => {
    const { code, out } = await explain('aaaa1', '--if', 'exposure=none', '--if', 'exploitability=hygiene')
    const { now, whatIf } = await asJson('aaaa1', '--if', 'exposure=none', '--if', 'exploitability=hygiene')
    expect(code).toBe(0)
    expect(whatIf.band > now.band).toBe(true)
    expect(out).toContain('If exposure is none and exploitability is hygiene:')
    expect(out).toContain(`${now.band} (score ${now.score}) becomes ${whatIf.band} (score ${whatIf.score})`)
    expect(out).toMatch(/^Exposure +before +internet/m)
    expect(out).toMatch(/^ +after +none \(certain, what if\)$/m)
    expect(out).not.toMatch(/^Asset/m)
  })

  test('unknown takes away what is known, and a worse value never lowers the priority', async () => {
    const { whatIf: blind } = await asJson('aaaa1', '--if', 'asset=unknown')
    expect(blind.steps).toContainEqual({ title: 'Asset', text: 'unknown, counts as normal' })
    const { now, whatIf: worse } = await asJson('aaaa1', '--if', 'data=restricted', '--if', 'exploitability=easy')
    expect([worse.band, worse.band <= now.band]).toEqual(['P1', true])
  })

  test('asks about a CVE in its own words', async () => {
    const { whatIf } = await asJson(
      'aaaa2',
      '--if',
      'kev=yes',
      '--if',
      'automatable=yes',
      '--if',
      'technicalImpact=total',
    )
    expect(whatIf.steps.map(({ text }) => text).join('\n')).toContain('floor-bod-26-04')
    const { out } = await explain('aaaa2', '--if', 'kev=yes')
    expect(out).toContain('add --if exploitability=active to see both')
    expect((await explain('aaaa2', '--if', 'kev=yes', '--if', 'exploitability=active')).out).not.toContain(
      'to see both',
    )
    const { whatIf: blind } = await asJson('aaaa2', '--if', 'kev=unknown', '--if', 'automatable=no')
    expect(blind.steps).toContainEqual(expect.objectContaining({ text: expect.stringContaining('unknown') as string }))
  })

  test.each([
    [['--if', 'exposed=none'], 'No such item: exposed; did you mean "exposure"?'],
    [['--if', 'owner=x'], 'write one of: exposure, exploitability, identity, data, path, asset, severity'],
    [['--if', 'exposure=nobody'], 'exposure is never nobody; write one of: exposure=none, exposure=internal'],
    [['--if', 'kev=maybe'], 'write one of: kev=no, kev=yes, kev=unknown'],
    [['--if', 'exposure'], 'Say what exposure is to be; write one of: exposure=none'],
    [['--if', 'exposure=none', '--if', 'exposure=internet'], 'exposure stands here twice'],
    [['--if', 'kev=yes'], 'this finding is about no CVE: kev does not concern it'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, out, err } = await explain('aaaa1', ...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })

  test('names every item in its help', async () => {
    const { out } = await sample.run('explain', '--help')
    for (const item of ['exposure', 'anonymousAccess', 'kev', 'technicalImpact']) expect(out).toContain(item)
  })
})
