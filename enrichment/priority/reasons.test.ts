import { describe, expect, test } from 'vitest'
import type { Evidence, EvidenceVector, Item, Rung } from '../evidence.ts'
import { prioritise } from './prioritise.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES } from './tables.ts'

const ruleset = new Ruleset(TABLES)
const by = <I extends Item>(source: string, value: Rung<I>, ...evidence: string[]): Evidence<I> => ({
  value,
  certainty: 'certain',
  source,
  evidence,
})
const textsOf = (vector: EvidenceVector) => prioritise(vector, ruleset).reasons.map(({ text }) => text)
const idsOf = (vector: EvidenceVector) => prioritise(vector, ruleset).reasons.map(({ id }) => id)

const known: EvidenceVector = {
  exposure: by('inventory', 'internal'),
  exploitability: by('control', 'easy'),
  identity: by('inventory', 'broad'),
  data: by('tag Data=internal', 'internal'),
  asset: by('tag Environment=prod', 'prod'),
  severity: by('Security Hub', 'medium'),
}

describe('the cell of the tables', () => {
  test('is said with its evidence, who says so and what was not proved', () => {
    const exposure = {
      ...by<'exposure'>('Prowler', 'internet', 'category internet-exposed'),
      certainty: 'possible',
    } as const
    expect(prioritise({ ...known, exposure, identity: by('inventory', 'scoped') }, ruleset).reasons).toEqual([
      {
        id: 'likelihood.internet.easy',
        text: 'It is reachable from the internet (Prowler, possible: category internet-exposed) and it can be exploited as it is (control): likelihood 3 of 4.',
        items: ['exposure', 'exploitability'],
      },
      {
        id: 'consequence.identity.scoped.data.internal.asset.prod',
        text: 'Whoever takes it over gets narrow rights (inventory), it holds or reaches internal data (tag Data=internal) and it is in production (tag Environment=prod): consequence 2 of 4, which with likelihood 3 makes P2.',
        items: ['identity', 'data', 'asset'],
      },
    ])
  })

  test('says what is not known and as what it counts', () => {
    const [likelihood, consequence] = prioritise({ exploitability: by('control', 'easy') }, ruleset).reasons
    expect(likelihood).toEqual({
      id: 'likelihood.unknown.easy',
      text: 'It can be exploited as it is (control) and it is not known who can reach it (counts as cross_boundary): likelihood 2 of 4.',
      items: ['exploitability'],
    })
    expect(consequence).toMatchObject({ id: 'consequence.unknown', items: [] })
    expect(consequence?.text).toContain('(count as scoped, internal and normal): consequence 2 of 4')
  })

  test('keeps its id while numbers in the evidence change', () => {
    const epss = (phrase: string) => ({ ...known, exploitability: by<'exploitability'>('FIRST EPSS', 'easy', phrase) })
    expect(idsOf(epss('EPSS 0.41'))).toEqual(idsOf(epss('EPSS 0.42')))
    expect(textsOf(epss('EPSS 0.41'))).not.toEqual(textsOf(epss('EPSS 0.42')))
  })
})

test('what others wrote stays on its line, and is cut where it is long', () => {
  const source = `tag Note=${'x'.repeat(1000)}`
  const broken = by<'asset'>('tag Note=a\nPriority P4.', 'crown_jewel')
  expect(textsOf({ ...known, asset: broken })[1]).toContain('(tag Note=a Priority P4.)')
  const [likelihood] = textsOf({ ...known, exposure: by('inventory', 'internal', source) })
  expect(likelihood).toContain(`: ${source.slice(0, 119)}\u2026)`)
})

describe('the severity', () => {
  test('follows the cell where it moves the band', () => {
    const { band, reasons } = prioritise({ ...known, severity: by('Security Hub', 'critical') }, ruleset)
    expect(band).toBe('P2')
    expect(reasons.at(-1)).toEqual({
      id: 'severity.critical',
      text: 'Its source calls it critical (Security Hub): one band more urgent, P2.',
      items: ['severity'],
    })
  })

  test('is not named where there is no band left to move to', () => {
    const least = {
      ...known,
      exposure: by<'exposure'>('inventory', 'none'),
      identity: by<'identity'>('inventory', 'none'),
    }
    expect(idsOf({ ...least, severity: by('Security Hub', 'low') }).join()).not.toContain('severity')
  })

  test('stands alone where nothing else is known, and says that no context was evaluated', () => {
    expect(prioritise({ severity: by('Prowler', 'high') }, ruleset).reasons).toEqual([
      {
        id: 'severity-default',
        text: 'Its source calls it high, and no context was evaluated: its default P3 stands.',
        items: ['severity'],
      },
    ])
    expect(textsOf({})).toEqual(['Its source gives no severity, and no context was evaluated: its default P3 stands.'])
  })

  test('keeps it up as long as it is not known who can reach it', () => {
    const [first] = prioritise(
      { exploitability: by('control', 'hygiene'), severity: by('Prowler', 'high') },
      ruleset,
    ).reasons
    expect(first?.text).toBe(
      'It is not known who can reach it: until then it is no less urgent than P3, the default of severity high.',
    )
  })
})

describe('overrides', () => {
  test('a floor that raised the band comes first, with the evidence that met it', () => {
    const { band, reasons } = prioritise({ ...known, exposure: by('inventory', 'internet') }, ruleset)
    expect(band).toBe('P1')
    expect(reasons[0]).toEqual({
      id: 'floor-toxic-combination',
      text: 'It is reachable from the internet (inventory), it can be exploited as it is (control) and whoever takes it over gets broad rights (inventory): at least P1 (floor-toxic-combination).',
      items: ['exposure', 'exploitability', 'identity'],
    })
  })

  test('a ceiling that lowered it comes first, and the step that it undid is not named', () => {
    const informational = { ...known, severity: by<'severity'>('Prowler', 'informational') }
    expect(idsOf(informational)[0]).toBe('ceiling-informational')
    const closed = { exposure: by<'exposure'>('inventory', 'none'), path: by<'path'>('inventory', 'none') }
    const ids = idsOf({ ...known, ...closed, identity: by('inventory', 'admin'), severity: by('Prowler', 'critical') })
    expect(ids.slice(0, 2)).toEqual(['ceiling-closed', 'likelihood.none.easy'])
    expect(ids).not.toContain('severity.critical')
  })

  test('a floor over a ceiling is the one that is named', () => {
    const secret = {
      liveSecret: by<'liveSecret'>('Prowler', 'readable'),
      severity: by<'severity'>('Prowler', 'informational'),
    }
    expect(idsOf({ ...known, ...secret })[0]).toBe('floor-live-secret')
    expect(idsOf({ ...known, ...secret })).not.toContain('ceiling-informational')
  })

  test('one of the configuration is said like any other', () => {
    const override = { floor: 'P1', when: [{ asset: { atLeast: 'prod' } }] } as const
    const own = new Ruleset({ ...TABLES, overrides: { ...TABLES.overrides, 'floor-production': override } })
    expect(prioritise(known, own).reasons[0]?.text).toBe(
      'It is in production (tag Environment=prod): at least P1 (floor-production).',
    )
  })

  test('the timeline of BOD 26-04 is said with the answers that are known', () => {
    const cve = { uid: 'CVE-2026-0001', kev: true, automatable: false }
    const bod = prioritise({ ...known, cve }, ruleset).reasons.find(({ id }) => id === 'floor-bod-26-04')
    expect(bod?.text).toBe(
      "CISA's BOD 26-04 gives CVE-2026-0001 14 days, since nobody outside its network can reach it (inventory), its CVE is known to be exploited and an exploit of its CVE cannot be automated: at least P2 (floor-bod-26-04).",
    )
  })
})

test('what holds the band is named first, with the unknown that does', () => {
  const nothing = {
    identity: by<'identity'>('a', 'none'),
    data: by<'data'>('a', 'none'),
    path: by<'path'>('a', 'none'),
  }
  const vector = {
    ...nothing,
    exposure: by<'exposure'>('a', 'none'),
    asset: by<'asset'>('a', 'sandbox'),
    severity: by<'severity'>('a', 'medium'),
  }
  const flags = { anonymousAccess: by<'anonymousAccess'>('a', 'no'), liveSecret: by<'liveSecret'>('a', 'no') }
  expect(prioritise({ ...vector, ...flags }, ruleset).reasons[0]).toEqual({
    id: 'hold.exploitability',
    text: 'Not known yet: what it takes to exploit it; even at its worst that makes P4, so it is P4 and not P3.',
    items: ['exploitability'],
  })
})
