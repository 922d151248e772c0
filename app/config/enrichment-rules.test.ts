import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { enrichmentConfig } from '../../enrichment/config.ts'
import { loadConfig } from './load-config.ts'
import { sampleCatalogs } from './sample-catalogs.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\nenrichment:\n  correlation:\n'

/** The section as it was read. Throws with the mistakes, without their heading and the directory. */
function enrichmentOf(text: string): unknown {
  const directory = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'posture.yaml')
  writeFileSync(file, HEAD + text)
  try {
    return loadConfig(file, { ...sampleCatalogs, enrichment: enrichmentConfig }).enrichment
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
