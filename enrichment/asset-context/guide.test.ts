import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { loadConfig } from '../../app/config/load-config.ts'
import { sampleCatalogs } from '../../app/config/sample-catalogs.ts'
import type { FindingContext } from '../enricher.ts'
import { Overlay } from '../state/overlay.ts'
import { assetContext } from './asset-context.ts'
import { ruleProblemsIn } from './rule-problems.ts'
import { assetConfig, type AssetConfig } from './rules.ts'
import { sampleFinding, type Sample } from './sample-finding.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\n'
const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/owners-and-assets.md'), 'utf8')
const [rules, sure, own] = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => assetsOf(yaml))
const empty = new Overlay({ get: () => undefined, keys: () => [], findingsOf: () => [], findingsWithCve: () => [] })

/** The part `assets` of a configuration, read as `check` reads it. */
function assetsOf(yaml: string): AssetConfig {
  const directory = mkdtempSync(join(tmpdir(), 'assets-'))
  try {
    const file = join(directory, 'posture.yaml')
    writeFileSync(file, HEAD + yaml)
    const enrichment = Type.Object({ assets: Type.Optional(assetConfig) }, { additionalProperties: false })
    return (loadConfig(file, { ...sampleCatalogs, enrichment }).enrichment as { assets: AssetConfig }).assets
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function said(config: AssetConfig | undefined, sample: Sample): Record<string, string> {
  const { asset, data, owner }: FindingContext = assetContext(config!).enrich(sampleFinding(sample), empty, {})
  return {
    ...(asset && { asset: `${asset.certainty} ${asset.value}: ${asset.source}` }),
    ...(data && { data: `${data.certainty} ${data.value}: ${data.source}` }),
    ...(owner && { owner: `${owner.name}: ${owner.source}` }),
  }
}

test('the rules of the guide have no problem', () => {
  expect([rules, sure, own].map((each) => ruleProblemsIn(each!))).toEqual([[], [], []])
})

test.each<[string, Sample, Record<string, string>]>([
  [
    'an account, whatever its tags',
    { tags: { env: 'dev' } },
    {
      asset: 'certain crown_jewel: rule payments, account 123456789012',
      data: 'possible restricted: rule payments, account 123456789012',
      owner: 'payments-team: rule payments, account 123456789012',
    },
  ],
  [
    'a tag, and the rest by common tags',
    { cloud: { account: '1' }, tags: { Landscape: 'P40', owner: 'bob', 'squad-name': 'red' } },
    {
      asset: 'certain prod: rule our environments, tag Landscape=P40',
      owner: 'red: rule squads, provider aws',
    },
  ],
  [
    'a resource by its type, id and region',
    {
      cloud: { account: '1' },
      resource: { uid: 'arn:aws:s3:::erp-backup-1', type: 'AwsS3Bucket', region: 'eu-west-1' },
    },
    {
      data: 'possible confidential: rule backups, type AwsS3Bucket, resource arn:aws:s3:::erp-backup-1, region eu-west-1',
    },
  ],
  [
    'the unit of the organization',
    { cloud: { account: '1', accountName: 'x-lab', organization: { unitName: 'Research' } } },
    { asset: 'certain sandbox: rule research unit, account name x-lab, organizational unit Research' },
  ],
])('the rules of the guide: %s', (_what, sample, expected) => {
  expect(said(rules, sample)).toEqual(expected)
})

test('a rule of the guide that is sure, and one instead of common tags', () => {
  expect(said(sure, { tags: { purpose: 'static-website' } })).toEqual({
    data: 'certain none: rule web assets, tag purpose=static-website',
  })
  expect(said(own, { tags: { env: 'prod' } })).toEqual({})
  expect(said(own, { tags: { zone: 'RED' } })['data']).toBe('possible restricted: rule 1, tag zone=RED')
})

test.each([
  ['rules: [{ when: { accounts: [123456789012] }, asset: prod }]', 'put it in quotes'],
  ['rules: [{ when: { tag: { name: x, value: true } }, asset: prod }]', 'put it in quotes'],
  ['rules: [{ when: { account: ["1"] }, asset: prod }]', 'did you mean "accounts"?'],
  ['rules: [{ when: { region: x }, asset: production }]', 'write one of: sandbox, dev, normal, prod, crown_jewel'],
  ['rules: [{ when: { region: x }, owner: { tag: team } }]', 'missing; add "fromTag: team"'],
  ['rules: [{ asset: prod }]', 'missing; add "when:'],
])('a slip is told with its remedy: %s', (yaml, remedy) => {
  expect(() => assetsOf(`enrichment: { assets: { ${yaml} } }\n`)).toThrow(remedy)
})
