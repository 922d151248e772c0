import type { Rung } from '../evidence.ts'

/** What the values of tags of one meaning say; names and values without capitals and without `-`, `_`, `.` and spaces. */
export interface TagMeaning<Said extends string> {
  readonly names: readonly string[]
  readonly says: { readonly [Value in Said]?: readonly string[] }
}

const YES = ['true', 'yes', 'y', '1']

/**
 * What common tags say, by the conventions that clouds' own tagging guides show (Microsoft's Cloud Adoption Framework:
 * Env, Criticality, DataClassification; AWS: environment, owner, data-classification, confidentiality). Judgement: a
 * value that is not listed says nothing. Where several tags of a resource speak, the worst counts.
 */
export const ASSET_TAGS: readonly TagMeaning<Rung<'asset'>>[] = [
  {
    names: [
      'env',
      'environment',
      'environmentname',
      'environmenttype',
      'envname',
      'envtype',
      'appenv',
      'stage',
      'deploymentenvironment',
      'deploymentenvironmentname',
      'deploymentstage',
    ],
    says: {
      prod: ['prod', 'prd', 'production', 'live', 'productive', 'dr', 'disasterrecovery'],
      normal: ['staging', 'stage', 'stg', 'preprod', 'preproduction', 'pprd', 'uat', 'acceptance'],
      dev: ['dev', 'develop', 'development', 'test', 'tst', 'testing', 'qa', 'ci', 'integration', 'nonprod'],
      sandbox: ['sandbox', 'sbx', 'playground', 'lab', 'poc', 'demo', 'experiment', 'experimental'],
    },
  },
  {
    // "Low" says nothing: it must not make a development machine more than that.
    names: ['criticality', 'businesscriticality', 'servicecriticality', 'assetcriticality', 'tier', 'servicetier'],
    says: {
      crown_jewel: ['critical', 'missioncritical', 'crownjewel', 'tier0', 't0'],
      prod: ['high', 'businesscritical', 'businessunitcritical', 'unitcritical', 'tier1', 't1'],
      normal: ['medium'],
    },
  },
  { names: ['crownjewel', 'crownjewels'], says: { crown_jewel: YES } },
]

export const DATA_TAGS: readonly TagMeaning<Rung<'data'>>[] = [
  {
    names: [
      'dataclassification',
      'dataclass',
      'datasensitivity',
      'dataconfidentiality',
      'classification',
      'confidentiality',
      'sensitivity',
      'informationclassification',
      'securityclassification',
    ],
    says: {
      restricted: [
        'restricted',
        'highlyrestricted',
        'highlyconfidential',
        'strictlyconfidential',
        'secret',
        'topsecret',
        'phi',
        'pci',
      ],
      confidential: ['confidential', 'private', 'sensitive', 'officialsensitive', 'pii', 'personal'],
      internal: ['internal', 'internalonly', 'internaluse', 'internaluseonly', 'general', 'official'],
      none: ['none', 'public', 'open', 'unclassified', 'nonconfidential', 'nonbusiness'],
    },
  },
  // "No" says nothing: what holds no personal data may hold other secrets.
  { names: ['pii', 'containspii', 'haspii', 'personaldata'], says: { confidential: YES } },
  { names: ['phi', 'containsphi', 'pci', 'pcidss', 'cardholderdata', 'hipaa'], says: { restricted: YES } },
]

/** Tags that name who answers for the resource, the one that counts first; a cost centre pays and does not mend. */
export const OWNER_TAGS: readonly string[] = [
  'team',
  'teamname',
  'ownerteam',
  'owningteam',
  'ownedby',
  'squad',
  'owner',
  'serviceowner',
  'applicationowner',
  'appowner',
  'technicalowner',
  'techowner',
]

/** What people write where nobody is named. */
export const NO_OWNER: ReadonlySet<string> = new Set([
  '',
  'na',
  'n/a',
  'nil',
  'no',
  'none',
  'nobody',
  'null',
  'tbd',
  'tbc',
  'todo',
  'true',
  'false',
  'undefined',
  'unassigned',
  'unknown',
  'xxx',
  '?',
])
