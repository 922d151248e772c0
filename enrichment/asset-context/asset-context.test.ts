import { describe, expect, test } from 'vitest'
import type { FindingContext } from '../enricher.ts'
import { Overlay } from '../state/overlay.ts'
import { assetContext } from './asset-context.ts'
import type { AssetConfig, AssetRule } from './rules.ts'
import { sampleFinding, type Sample } from './sample-finding.ts'

const empty = new Overlay({ get: () => undefined, keys: () => [], findingsOf: () => [], findingsWithCve: () => [] })

const contextOf = (found: Sample, config: AssetConfig = {}): FindingContext =>
  assetContext(config).enrich(sampleFinding(found), empty, {})
const tagged = (tags: Readonly<Record<string, string>>, config: AssetConfig = {}): FindingContext =>
  contextOf({ tags }, config)
const byRules = (found: Sample, ...rules: AssetRule[]): FindingContext => contextOf(found, { rules })

describe('by common tags', () => {
  test.each<[string, string, string]>([
    ['Environment', 'Production', 'prod'],
    ['env', 'prod', 'prod'],
    ['acme:environment', ' PRD ', 'prod'],
    ['acme.com/env', 'live', 'prod'],
    ['deployment.environment', 'pre-prod', 'normal'],
    ['stage', 'staging', 'normal'],
    ['ENV', 'qa', 'dev'],
    ['env_type', 'Development', 'dev'],
    ['environment', 'sandbox', 'sandbox'],
    ['Criticality', 'Mission-critical', 'crown_jewel'],
    ['criticality', 'high', 'prod'],
    ['service-tier', 'Tier 0', 'crown_jewel'],
    ['crown-jewel', 'true', 'crown_jewel'],
  ])('%s=%s makes the asset certainly %s', (name, value, asset) => {
    expect(tagged({ [name]: value })).toEqual({
      asset: { value: asset, certainty: 'certain', source: `tag ${name}=${value.trim()}` },
    })
  })

  test.each<[string, string, string]>([
    ['data-classification', 'restricted', 'restricted'],
    ['DataClassification', 'Highly confidential', 'restricted'],
    ['confidentiality', 'private', 'confidential'],
    ['contains_pii', 'yes', 'confidential'],
    ['pci', 'true', 'restricted'],
    ['data-classification', 'General', 'internal'],
    ['data classification', 'public', 'none'],
  ])('%s=%s makes the data possibly %s', (name, value, data) => {
    expect(tagged({ [name]: value })).toEqual({
      data: { value: data, certainty: 'possible', source: `tag ${name}=${value}` },
    })
  })

  test.each([
    ['env', ''],
    ['env', 'prod-eu'],
    ['Name', 'production'],
    ['crown-jewel', 'false'],
    ['pii', 'no'],
    ['criticality', 'low'],
    ['cost-center', '4711'],
    ['aws:cloudformation:stage', 'prod'],
    ['owner', 'N/A'],
    ['team', '--'],
    ['constructor', 'prod'],
    ['env', '__proto__'],
  ])('%s=%s says nothing', (name, value) => {
    expect(tagged({ [name]: value })).toEqual({})
  })

  test('a finding without tags is of a resource of which nothing is known, whatever other resources it names', () => {
    expect(tagged({})).toEqual({})
  })

  test('the worst of several tags counts, in whichever order they stand', () => {
    const tags = { env: 'dev', stage: 'prod', criticality: 'medium' }
    const reversed = Object.fromEntries(Object.entries(tags).toReversed())
    for (const each of [tags, reversed])
      expect(tagged(each).asset).toMatchObject({ value: 'prod', source: 'tag stage=prod' })
    expect(tagged({ confidentiality: 'public', pii: 'true' }).data).toMatchObject({ value: 'confidential' })
  })

  test('a team comes before the owner, and an empty one does not stand in the way', () => {
    expect(tagged({ Owner: 'alice@example.com', Team: 'payments' }).owner).toEqual({
      name: 'payments',
      source: 'tag Team=payments',
    })
    expect(tagged({ Owner: 'alice@example.com', Team: 'tbd' }).owner?.name).toBe('alice@example.com')
  })

  test('an owner is one line of at most 100 characters, and a huge tag takes no time', () => {
    expect(tagged({ owner: '  pay\n\tments ' }).owner?.name).toBe('pay ments')
    const { name, source } = tagged({ owner: '😀a'.repeat(1_000_000) }).owner!
    expect([...name]).toHaveLength(100)
    expect(name.isWellFormed()).toBe(true)
    expect([...source].length).toBeLessThan(110)
  })

  test('can be switched off', () => {
    expect(tagged({ env: 'prod', owner: 'x' }, { shippedRules: false })).toEqual({})
  })
})

describe('by the rules of the configuration', () => {
  const here: Sample = {
    tags: { Team: 'payments' },
    cloud: {
      accountName: 'Payments-Prod',
      region: 'eu-west-1',
      organization: { unitUid: 'ou-1234', unitName: 'Payments' },
    },
    resource: { name: 'bkt-1', type: 'AwsS3Bucket' },
  }

  test.each<[AssetRule['when'], string | undefined]>([
    [{ tag: { name: 'team' } }, 'tag Team=payments'],
    [{ tag: { name: 'TEAM', value: 'pay*' } }, 'tag Team=payments'],
    [{ tag: { name: 'team', value: 'pay' } }, undefined],
    [{ tag: { name: 'squad' } }, undefined],
    [{ accounts: ['1', '123456789012'] }, 'account 123456789012'],
    [{ accounts: ['12345*'] }, 'account 123456789012'],
    [{ accounts: ['123'] }, undefined],
    [{ accountName: '*-prod' }, 'account name Payments-Prod'],
    [{ organizationalUnit: 'payments' }, 'organizational unit Payments'],
    [{ organizationalUnit: 'ou-????' }, 'organizational unit ou-1234'],
    [{ provider: 'AWS' }, 'provider aws'],
    [{ provider: 'azure' }, undefined],
    [{ resourceType: 'awss3*' }, 'type AwsS3Bucket'],
    [{ resource: 'arn:aws:s3:::*' }, 'resource arn:aws:s3:::bkt-1'],
    [{ resource: 'bkt-?' }, 'resource bkt-1'],
    [{ resource: '*other*' }, undefined],
    [{ region: 'eu-*' }, 'region eu-west-1'],
    [{ provider: 'aws', accounts: ['123456789012'] }, 'account 123456789012, provider aws'],
    [{ provider: 'aws', accounts: ['9'] }, undefined],
  ])('%j', (when, words) => {
    expect(byRules(here, { name: 'mine', when, asset: 'prod' }).asset).toEqual(
      words && { value: 'prod', certainty: 'certain', source: `rule mine, ${words}` },
    )
  })

  test('what the source does not tell fits no pattern', () => {
    for (const when of [{ accountName: '*' }, { organizationalUnit: '*' }, { region: '*' }, { resourceType: '*' }])
      expect(byRules({}, { when, asset: 'prod' })).toEqual({})
  })

  test('for each attribute the first rule that holds decides, and before common tags', () => {
    const found = { tags: { env: 'prod', owner: 'bob' } }
    const context = byRules(
      found,
      { when: { provider: 'gcp' }, asset: 'crown_jewel' },
      { when: { provider: 'aws' }, asset: 'dev' },
      { when: { tag: { name: 'env' } }, asset: 'sandbox', data: 'restricted' },
    )
    expect(context).toEqual({
      asset: { value: 'dev', certainty: 'certain', source: 'rule 2, provider aws' },
      data: { value: 'restricted', certainty: 'possible', source: 'rule 3, tag env=prod' },
      owner: { name: 'bob', source: 'tag owner=bob' },
    })
  })

  test('an owner is a name or what a tag says, and the next rule counts where there is no such tag', () => {
    const rules: AssetRule[] = [
      { name: 'tagged', when: { provider: 'aws' }, owner: { fromTag: 'squad' } },
      { name: 'rest', when: { provider: 'aws' }, owner: 'platform' },
    ]
    expect(byRules({ tags: { SQUAD: 'x-men' } }, ...rules).owner).toEqual({
      name: 'x-men',
      source: 'rule tagged, provider aws',
    })
    expect(byRules({ tags: { squad: ' ' } }, ...rules).owner?.name).toBe('platform')
    expect(byRules({}, ...rules).owner?.name).toBe('platform')
  })

  test('data is possible and the asset certain unless the rule says otherwise', () => {
    const when = { provider: 'aws' }
    const certainties = (more: Partial<AssetRule>): (string | undefined)[] => {
      const { asset, data } = byRules({}, { when, asset: 'dev', data: 'none', ...more })
      return [asset?.certainty, data?.certainty]
    }
    expect(certainties({})).toEqual(['certain', 'possible'])
    expect(certainties({ certain: true })).toEqual(['certain', 'certain'])
    expect(certainties({ certain: false })).toEqual(['possible', 'possible'])
  })

  test('accounts keep their own rules, also the second time', () => {
    const enricher = assetContext({
      rules: [
        { when: { accounts: ['1'] }, owner: 'one' },
        { when: { accounts: ['2'] }, owner: 'two' },
      ],
    })
    const ownerOf = (account: string): string | undefined =>
      enricher.enrich(sampleFinding({ cloud: { account } }), empty, {}).owner?.name
    expect(['1', '2', '3', '2', '1'].map(ownerOf)).toEqual(['one', 'two', undefined, 'two', 'one'])
  })
})
