import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type, type TSchema } from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { enrichmentConfig } from '../../enrichment/config.ts'
import { priorityConfig } from '../../enrichment/priority/config.ts'
import { loadConfig } from './load-config.ts'
import { sampleCatalogs } from './sample-catalogs.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\nenrichment:\n'
const prioritySection = Type.Object({ priority: priorityConfig })

/** The groups as they were read. Throws with the mistakes, without their heading and the directory. */
function enrichmentOf(text: string): unknown {
  return read(`  correlation:\n${text}`, enrichmentConfig)
}

/** The tables as they were read. Throws as `enrichmentOf` does. */
function priorityOf(text: string): unknown {
  return (read(`  priority:\n${text}`, prioritySection) as { readonly priority: unknown }).priority
}

function read(text: string, enrichment: TSchema): unknown {
  const directory = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'posture.yaml')
  writeFileSync(file, HEAD + text)
  try {
    return loadConfig(file, { ...sampleCatalogs, enrichment }).enrichment
  } catch (error) {
    const [, ...mistakes] = (error as Error).message.replaceAll(`${directory}/`, '').split('\n')
    throw new Error(mistakes.join('\n'), { cause: error })
  }
}

test('groups of equivalent controls are read as they are written', () => {
  const text = '    ssh-open: [{ product: checkov, control: CKV_AWS_24 }, { product: security-hub, control: EC2.13 }]\n'
  expect(enrichmentOf(text)).toMatchObject({
    correlation: {
      'ssh-open': [
        { product: 'checkov', control: 'CKV_AWS_24' },
        { product: 'security-hub', control: 'EC2.13' },
      ],
    },
  })
})

test.each([
  [
    'a control in two groups',
    '    one: [{ product: checkov, control: A }]\n    two:\n      - { product: checkov, control: B }\n      - { product: checkov, control: A }\n',
    'posture.yaml:8:9  enrichment.correlation.two[1]  the control A of checkov stands in the group one already; a control is in one group: remove it from one of the two',
  ],
  [
    'a control twice in one group',
    '    one: [{ product: checkov, control: A }, { product: checkov, control: A }]\n',
    'posture.yaml:5:45  enrichment.correlation.one[1]  the control A of checkov stands in the group one already; remove one of the two',
  ],
  [
    'a product that is no word of ours',
    '    one: [{ product: Security Hub, control: A }]\n',
    'posture.yaml:5:22  enrichment.correlation.one[0].product  not of the required form; expected: the product as in metadata.product.uid of its findings: lower-case letters, digits and hyphens',
  ],
  [
    'no control',
    '    one: [{ product: checkov }]\n',
    'posture.yaml:5:11  enrichment.correlation.one[0].control  missing; add "control: s3_bucket_level_public_access_block" (the control as in metadata.event_code of its findings)',
  ],
  [
    'an empty group',
    '    one: []\n',
    'posture.yaml:5:10  enrichment.correlation.one  too few entries; give at least 1',
  ],
  [
    'a name of another form',
    '    "Public Bucket": [{ product: checkov, control: A }]\n',
    'posture.yaml:5:5  enrichment.correlation."Public Bucket"  not a name for this; expected: lower-case letters, digits and hyphens, a letter or digit first, for example "public-bucket"',
  ],
])('%s is told with its place and the remedy', (_what, text, message) => {
  expect(() => enrichmentOf(text)).toThrow(message)
})

describe('tables of the priority', () => {
  test('are read as they are written', () => {
    const text = [
      'profile: bod',
      'bands: { 2: { 3: P2 } }',
      'overrides: { ceiling-closed: off, ours: { floor: P2, when: [{ asset: { atLeast: crown_jewel } }] } }',
      'dueDays: { P1: 2 }',
    ]
    expect(priorityOf(text.map((line) => `    ${line}\n`).join(''))).toEqual({
      profile: 'bod',
      bands: { 2: { 3: 'P2' } },
      overrides: { 'ceiling-closed': 'off', ours: { floor: 'P2', when: [{ asset: { atLeast: 'crown_jewel' } }] } },
      dueDays: { P1: 2 },
    })
  })

  test.each([
    [
      'a cell that lets something worse be less urgent',
      '    likelihood:\n      internet: { conditional: 1, easy: 4 }\n',
      'posture.yaml:6:32  enrichment.priority.likelihood.internet.conditional  exposure=internet_restricted gives P3, the worse internet only P4 (exploitability=conditional, identity=none, data=none, path=none, asset=normal, severity=medium); keep the order: a worse value must never lower a priority (3 is shipped)',
    ],
    [
      'an unknown that counts as safe',
      '    unknown: { exposure: none }\n',
      'posture.yaml:5:26  enrichment.priority.unknown.exposure  with exposure unknown it is P4, as if exposure=none were proved, although exposure=internet_sensitive gives P3 (exploitability=hygiene, identity=none, data=none, path=none, asset=crown_jewel, severity=low); let unknown.exposure be a worse rung (cross_boundary is shipped)',
    ],
    [
      'a floor for what is good',
      '    overrides: { ours: { floor: P2, when: [{ path: { atMost: long }, asset: { atLeast: prod } }] } }\n',
      'posture.yaml:5:24  enrichment.priority.overrides.ours  path=long gives P2, the worse short only P4 (exposure=none, exploitability=hygiene, identity=none, data=none, asset=prod, severity=informational); keep the order: a worse value must never lower a priority (a floor asks for atLeast, a ceiling for atMost)',
    ],
    [
      'a ceiling turned off that others rely on',
      '    overrides: { ceiling-informational: off }\n',
      'posture.yaml:5:41  enrichment.priority.overrides.ceiling-informational  severity=informational gives P3, the worse low only P4 (exposure=none, exploitability=hygiene, identity=none, data=none, path=none, asset=crown_jewel); keep the order: a worse value must never lower a priority (other tables rely on what is turned off here)',
    ],
    [
      'due days out of order',
      '    dueDays:\n      P1: 10\n',
      'posture.yaml:6:11  enrichment.priority.dueDays.P1  P1 is due after 10 days, P2 after 7: the more urgent would have more time; give P1 at most as many days as P2 (3 is shipped)',
    ],
    [
      'an override that is not shipped turned off',
      '    overrides: { ceiling-informal: off }\n',
      'posture.yaml:5:18  enrichment.priority.overrides.ceiling-informal  no such override is shipped, so that there is nothing to turn off; did you mean "ceiling-informational"?',
    ],
    [
      'the floor that has its own setting',
      '    overrides: { floor-bod-26-04: off }\n',
      'posture.yaml:5:18  enrichment.priority.overrides.floor-bod-26-04  no override that can be changed here; set its bands under priority.bod instead',
    ],
    [
      'a floor and a ceiling in one',
      '    overrides: { ours: { floor: P1, ceiling: P2, when: [{ path: { atLeast: long } }] } }\n',
      'posture.yaml:5:18  enrichment.priority.overrides.ours  a floor and a ceiling at once; write either "floor: P2" (never less urgent) or "ceiling: P3" (never more urgent)',
    ],
    [
      'a name of another form',
      '    overrides: { My_floor: off }\n',
      'posture.yaml:5:18  enrichment.priority.overrides.My_floor  not a name for this; expected: lower-case words with hyphens between them, for example "my-floor"',
    ],
    [
      'a rung that there is not',
      '    overrides: { ours: { floor: P1, when: [{ exposure: { atLeast: publc } }] } }\n',
      'posture.yaml:5:67  enrichment.priority.overrides.ours.when[0].exposure.atLeast  not one of the values that are allowed here; write one of: none, internal, cross_boundary, internet_restricted, internet, internet_sensitive',
    ],
    [
      'a weight below zero',
      '    weights: { exposure: -1 }\n',
      'posture.yaml:5:26  enrichment.priority.weights.exposure  too small; write at least 0 (only the proportion of the weights counts)',
    ],
    [
      'no day to mend it',
      '    dueDays: { P1: 0 }\n',
      'posture.yaml:5:20  enrichment.priority.dueDays.P1  too small; write at least 1 (in days)',
    ],
    [
      'an EPSS score in per cent',
      '    epssEasy: 10\n',
      'posture.yaml:5:15  enrichment.priority.epssEasy  too large; write at most 1 (the EPSS score from which a CVE counts as easy to exploit)',
    ],
  ])('%s is told with its place and the remedy', (_what, text, message) => {
    expect(() => priorityOf(text)).toThrow(message)
  })

  test('are not judged while an override makes no sense', () => {
    const text = '    unknown: { exposure: none }\n    overrides: { ceiling-informal: off }\n'
    expect(() => priorityOf(text)).toThrow(/^(?!.*\n).*ceiling-informal/)
  })
})
