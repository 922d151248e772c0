import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { exposureLines } from './exposure-in-event.ts'
import { findingPage } from './finding-page.ts'
import { findingsTable } from './findings-table.ts'
import { Paint } from './paint.ts'

const plain = new Paint(false)

function finding(event: object = {}, state: StoredFinding['state'] = 'open'): StoredFinding {
  return {
    key: 'v1:0123456789abcdef',
    revision: 4,
    state,
    priority: 'P2',
    event: {
      severity: 'Critical',
      risk_score: 74,
      finding_info: { uid: 'src-1', title: 'Root user without MFA', desc: 'Long ago.', last_seen_time: 1764072000000 },
      metadata: { event_code: 'root_mfa', product: { name: 'Prowler', version: '5' }, modified_time: 1764072000000 },
      resources: [{ uid: 'arn:aws:iam::1:root', type: 'AwsIamUser', region: 'us-east-1' }],
      cloud: { provider: 'aws', account: { uid: '1', name: 'main' } },
      enrichments: [
        {
          type: 'priority',
          data: {
            state: 'partly_evaluated',
            range: ['P3', 'P1'],
            reasons: [
              { id: 'cell', text: 'It is the root user.' },
              { id: 'severity', text: 'It has keys.' },
            ],
            counterfactuals: [{ item: 'identity', text: 'If it had no keys: P3.' }],
            would_change_if: [
              { item: 'exposure', best: 'P3', worst: 'P1' },
              { item: 'liveSecret', best: 'P2', worst: 'P1' },
            ],
            due: 1764331200000,
          },
        },
      ],
      assignee: { name: 'alice' },
      assignee_group: { name: 'identity' },
      remediation: { desc: 'Enable it.', references: ['https://example.org/mfa'] },
      compliance: { requirements: ['CIS 1.5'] },
      start_time: 1764072000000,
      ...event,
    },
  }
}

describe('the proof of an exposure', () => {
  const proved = (data: object) =>
    exposureLines(finding({ enrichments: [{ type: 'exposure', short_desc: 'Reachable from the internet.', data }] }))

  test('is a sentence, every way in with its hops, what is missing, and what it overrules', () => {
    const hops = [{ uid: 'igw-1', text: 'internet gateway igw-1 is attached' }, { uid: 'sg-1' }]
    expect(
      proved({
        routes: [
          { from: 'internet', protocol: 'tcp', ports: ['22', '80-81'], hops, certainty: 'possible' },
          { from: 'internet', protocol: 'all', ports: [], hops: [] },
        ],
        closed_by: [{ uid: 'eni-2', text: 'eni-2 has no public IPv4 address' }],
        missing: ['network ACL of subnet-1'],
        source_claims: [{ value: 'internet', source: 'Prowler', evidence: ['control open'] }],
      }),
    ).toEqual([
      'Reachable from the internet.',
      '1. from internet to tcp 22, 80-81 (possible): internet gateway igw-1 is attached; sg-1',
      '2. from internet to all',
      'closed by eni-2 has no public IPv4 address',
      'missing: network ACL of subnet-1',
      'overruled: Prowler states internet (control open)',
    ])
  })

  test('is on the page of a finding, and absent where there is none', () => {
    const page = findingPage(finding({ enrichments: [{ type: 'exposure', short_desc: 'Closed.', data: {} }] }), {
      columns: 80,
      paint: plain,
    })
    expect(page).toContain('Exposure     Closed.')
    expect(exposureLines(finding())).toEqual([])
  })
})

describe('the table of findings', () => {
  test('says what, how urgent, where and why', () => {
    expect(findingsTable([finding()], { columns: 80, paint: plain })).toBe(
      `KEY       PRIORITY  SCORE  SEVERITY  FINDING
01234567  P2           74  Critical  Root user without MFA
          arn:aws:iam::1:root in account 1, us-east-1
          It is the root user.`,
    )
  })

  test('says in short what the priority rests on, after the override that decided it', () => {
    const evidence = {
      exposure: { value: 'internet', certainty: 'possible', source: 'Prowler' },
      data: { value: 'restricted', certainty: 'certain', source: 'tag data=restricted' },
      severity: { value: 'critical', certainty: 'certain', source: 'Prowler' },
    }
    const because = (id: string) =>
      findingsTable(
        [finding({ enrichments: [{ type: 'priority', data: { evidence, reasons: [{ id, text: 'A sentence.' }] } }] })],
        { columns: 100, paint: plain },
      )
        .split('\n')
        .at(-1)!
        .trim()
    expect(because('likelihood.internet.unknown')).toBe('exposure internet (possible), data restricted')
    expect(because('floor-public-data')).toBe('floor-public-data: exposure internet (possible), data restricted')
  })

  test('has a column for the state where not all are open', () => {
    const table = findingsTable([finding(), finding({}, 'muted')], { columns: 80, paint: plain })
    expect(table.split('\n')[0]).toBe('KEY       PRIORITY  SCORE  SEVERITY  STATE     FINDING')
    expect(table).toContain('Critical  muted     Root')
  })

  test.each([60, 80, 120])('fits %d columns, whatever the texts, and cannot be steered by them', (columns) => {
    const long = '日本語👩‍👩‍👧 \u{1b}[2J\u{202e}word '.repeat(40)
    const table = findingsTable(
      [
        finding({
          severity: long,
          finding_info: { title: long },
          resources: [{ uid: `arn:${'x'.repeat(300)}` }],
          enrichments: [{ type: 'priority', data: { reasons: [long] } }],
        }),
      ],
      { columns, paint: plain },
    )
    expect(Math.max(...table.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns)
    expect(table).not.toMatch(/[\u{1b}\u{202e}]/u)
  })

  test('shows any event, also one of which nothing is known', () => {
    const bare: StoredFinding = { key: 'k', revision: 1, state: 'open', priority: 'P4', event: { resources: 'none' } }
    expect(findingsTable([bare], { columns: 80, paint: plain }).split('\n')[2]).toBe('          no resource')
  })

  test('is coloured only where that is asked for', () => {
    expect(findingsTable([finding()], { columns: 80, paint: plain })).not.toContain('\u{1b}')
    expect(findingsTable([finding()], { columns: 80, paint: new Paint(true) })).toContain('\u{1b}[31m')
  })
})

test('the page of a finding holds all that is needed to judge and mend it', () => {
  expect(findingPage(finding(), { columns: 80, paint: plain })).toBe(`Root user without MFA

Priority     P2, score 74, P1 to P3 possible, partly evaluated
Why          It is the root user.
             It has keys.
Lower        If it had no keys: P3.
Not known    exposure (P1 to P3), live secret (P1 to P2)
Due          2025-11-28 12:00:00 UTC
State        open since 2025-11-25 12:00:00 UTC
             last seen 2025-11-25 12:00:00 UTC
Severity     Critical
Resource     arn:aws:iam::1:root
             AwsIamUser, us-east-1
Owner        alice, identity
Account      1, main, aws
Control      root_mfa
Description  Long ago.
Remediation  Enable it.
             https://example.org/mfa
Standards    CIS 1.5
Source       Prowler 5, id src-1
Key          v1:0123456789abcdef, revision 4, changed 2025-11-25 12:00:00 UTC`)
})

describe('the page of a finding', () => {
  const page = (event: object, state: StoredFinding['state'] = 'open') =>
    findingPage(finding(event, state), { columns: 200, paint: plain })
  const prioritised = (data: object) => ({ enrichments: [{ type: 'priority', data }] })

  test("says what CISA's tables say of its CVE, and what they were not told", () => {
    const cve = { uid: 'CVE-2024-3094', ssvc: ['attend', 'act'], bod: ['3 days'], bod_due: 1764331200000 }
    expect(page(prioritised({ cve: { ...cve, unknown: ['technicalImpact', 'kev'] } }))).toContain(
      'CISA         CVE-2024-3094: SSVC attend or act; BOD 26-04 3 days, due 2025-11-28 12:00:00 UTC; not known: technical impact, KEV',
    )
  })

  test('has no due date once it is closed', () => {
    const due = prioritised({ due: 1764331200000 })
    expect(page(due, 'muted')).toContain('Due ')
    expect(page(due, 'resolved')).not.toContain('Due ')
  })

  test('has the reasons of events of earlier versions, and of those without the enrichment', () => {
    expect(page(prioritised({ reasons: ['It is the root user.'] }))).toContain('Why          It is the root user.')
    expect(page({ enrichments: [], risk_details: 'Priority P2.\nBecause.' })).toMatch(/Why +Priority P2\.\n +Because\./)
  })

  test('says who names its owner', () => {
    const owned = { assignee: undefined, unmapped: { owner_source: 'tag team=identity' } }
    expect(page(owned)).toContain('Owner        identity (tag team=identity)')
  })
})
