import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ITEMS, type Evidence, type EvidenceVector, type Item, type Rung } from '../evidence.ts'
import { derivation } from './derivation.ts'
import { prioritise } from './prioritise.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES } from './tables.ts'

const guide = readFileSync(new URL('../../docs/guides/priority.md', import.meta.url), 'utf8')
const ruleset = new Ruleset(TABLES)

const certain = <I extends Item>(value: Rung<I>, source: string, ...evidence: string[]): Evidence<I> => ({
  value,
  certainty: 'certain',
  source,
  ...(evidence.length === 0 ? {} : { evidence }),
})
const possible = <I extends Item>(value: Rung<I>, source: string, ...evidence: string[]): Evidence<I> => ({
  ...certain<I>(value, source, ...evidence),
  certainty: 'possible',
})

const LOG4SHELL = {
  uid: 'CVE-2021-44228',
  kev: true,
  publicExploit: true,
  automatable: true,
  technicalImpact: 'total',
} as const

const PORT_22 = 'ec2_networkacl_allow_ingress_tcp_port_22'

/** The findings that the guide shows; their order and words are the guide's. */
const WORKED: Readonly<Record<string, EvidenceVector>> = {
  'Log4Shell on an instance that the internet reaches, with an admin role': {
    exposure: certain('internet', 'inventory', '0.0.0.0/0 on port 443'),
    exploitability: certain('active', 'CISA KEV'),
    identity: certain('admin', 'inventory'),
    asset: certain('prod', 'tag Environment=prod'),
    severity: certain('critical', 'Security Hub'),
    cve: LOG4SHELL,
  },
  'The same CVE on a private instance in development, without a role and without data': {
    exposure: certain('internal', 'inventory'),
    exploitability: certain('active', 'CISA KEV'),
    identity: certain('none', 'inventory'),
    data: certain('none', 'inventory'),
    asset: certain('dev', 'tag Environment=dev'),
    severity: certain('critical', 'Security Hub'),
    cve: LOG4SHELL,
  },
  'A public bucket with personal data': {
    exposure: possible('internet_sensitive', 'Security Hub', 'control S3.2'),
    exploitability: certain('easy', 'Security Hub', 'control S3.2'),
    data: certain('restricted', 'tag Data=personal'),
    anonymousAccess: possible('read', 'Security Hub', 'control S3.2'),
    severity: certain('critical', 'Security Hub'),
  },
  'Port 22 open, nothing else known': {
    exposure: possible('internet_sensitive', 'Prowler', `control ${PORT_22}`),
    exploitability: certain('conditional', 'Prowler', `control ${PORT_22}`),
    severity: certain('high', 'Prowler'),
  },
  'An old access key whose user can make itself an administrator': {
    exploitability: certain('conditional', 'Prowler', 'control iam_rotate_access_key_90_days'),
    identity: certain('admin', 'inventory'),
    severity: certain('medium', 'Prowler'),
  },
  'Logging off in a sandbox': {
    exploitability: certain('hygiene', 'Prowler', 'control s3_bucket_server_access_logging_enabled'),
    asset: certain('sandbox', 'account 111122223333'),
    severity: certain('medium', 'Prowler'),
  },
  'A secret that works, in a place that the internet can read': {
    exploitability: certain('easy', 'Trivy', 'rule slack-access-token'),
    liveSecret: certain('readable', 'inventory'),
    severity: certain('high', 'Trivy'),
  },
  'A critical finding on a crown jewel that is proved to be closed': {
    exposure: certain('none', 'inventory'),
    exploitability: certain('easy', 'Security Hub', 'control RDS.2'),
    identity: certain('admin', 'inventory'),
    data: certain('restricted', 'tag Data=personal'),
    path: certain('none', 'inventory'),
    asset: certain('crown_jewel', 'tag Tier=0'),
    severity: certain('critical', 'Security Hub'),
  },
}

function row(name: string, vector: EvidenceVector): string {
  const { band, score, range, reasons } = prioritise(vector, ruleset)
  const cells = [`**${name}**<br>${inputs(vector)}`, band, score, range.join(' to ')]
  return `| ${[...cells, reasons.map(({ text }) => text).join('<br>')].join(' | ')} |`
}

function inputs(vector: EvidenceVector): string {
  const known = ITEMS.flatMap((item) => {
    const evidence = vector[item]
    return evidence === undefined
      ? []
      : [`${item} ${evidence.value}${evidence.certainty === 'possible' ? ' (possible)' : ''}`]
  })
  return [...known, ...(vector.cve === undefined ? [] : [vector.cve.uid])].join(', ')
}

describe('the worked findings of the guide', () => {
  test.each(Object.entries(WORKED))('%s: the row is what the ruleset makes of these inputs', (name, vector) => {
    expect(guide).toContain(`${row(name, vector)}\n`)
  })

  test('the derivation in the guide is that of the fourth', () => {
    const steps = derivation(Object.values(WORKED)[3]!, ruleset)
    const width = Math.max(...steps.map(({ title }) => title.length)) + 2
    const page = steps.map(({ title, text }) => `${title.padEnd(width)}${text}\n`).join('')
    expect(guide).toContain(`\n${page}`)
  })

  test('the guide shows these and no other', () => {
    expect(guide.match(/^\| \*\*/gm)).toHaveLength(Object.keys(WORKED).length)
  })
})
