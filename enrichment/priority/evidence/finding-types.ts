import {
  ADMIN,
  CONDITIONAL,
  OTHER_TENANTS,
  PUBLIC_READ,
  REACHABLE,
  SENSITIVE_PORT,
  type ControlMeaning,
} from './control-meaning.ts'

/** What a finding says of itself by its types, where it names no control that anybody has considered. */
interface TypeRule {
  /** As in finding keys; any where absent. */
  readonly product?: string
  readonly type?: RegExp
  /** All of them match. */
  readonly title?: readonly RegExp[]
  readonly meaning: ControlMeaning
}

const REACHABLE_PORT = /\bports?\b.*\breachable from\b/i
const FROM_INTERNET = /\bInternet Gateway\b|\bfrom (the )?internet\b/i
const FROM_NEIGHBOURS = /\bpeered\b|\bVPN\b|\bVirtual Private Gateway\b/i
/** Ports for administrators and of databases, one of them or the first of a range. */
const ADMIN_OR_DATABASE =
  /\bports? (?:20|21|22|23|135|445|1433|1434|1521|2375|2376|2483|3306|3389|5432|5601|5900|5985|5986|6379|6443|7199|9042|9092|9160|9200|9300|10250|11211|2701[78])\b/i

/**
 * Types of Security Hub's vocabulary (namespace/category/classifier) and the products' own. Everything that follows from
 * them is possible only; where several match, the worse counts.
 */
const RULES: readonly TypeRule[] = [
  { type: /^Software and Configuration Checks\/Vulnerabilities(\/|$)/, meaning: CONDITIONAL },

  // Inspector's network reachability: from where, and through which port, stands in the title; in OCSF it has no type.
  { product: 'inspector', title: [REACHABLE_PORT, FROM_INTERNET], meaning: REACHABLE },
  { product: 'inspector', title: [REACHABLE_PORT, FROM_INTERNET, ADMIN_OR_DATABASE], meaning: SENSITIVE_PORT },
  { product: 'inspector', title: [REACHABLE_PORT, FROM_NEIGHBOURS], meaning: OTHER_TENANTS },
  // Cloud Custodian's types end in the name that a policy gives.
  { product: 'cloud-custodian', type: /\/public-ip$/, meaning: REACHABLE },

  // Defender for Cloud's recommendations, of which only the names are published with what they look for.
  {
    product: 'defender-for-cloud',
    title: [/^Management ports\b|^All network ports should be restricted on network security groups\b/i],
    meaning: SENSITIVE_PORT,
  },
  {
    product: 'defender-for-cloud',
    title: [/^Internet-facing virtual machines\b|\bshould (disable|restrict|disallow) public network access$/i],
    meaning: REACHABLE,
  },
  {
    product: 'defender-for-cloud',
    title: [/^Public network access\b.*\bshould be disabled\b|^Storage accounts?\b.*\bpublic\b.*\baccess\b/i],
    meaning: REACHABLE,
  },
  {
    product: 'defender-for-cloud',
    title: [/\bowner permissions?\b/i],
    meaning: ADMIN,
  },
  {
    product: 'defender-for-cloud',
    title: [/\b(vulnerabilit(y|ies)|system updates)\b.*\b(resolved|remediated|installed)\b/i],
    meaning: CONDITIONAL,
  },

  // What Access Analyzer finds shared.
  { product: 'access-analyzer', type: /\/External Access Granted$/, meaning: OTHER_TENANTS },
  {
    product: 'access-analyzer',
    type: /\/External Access Granted$/,
    title: [/\ballows public access\b/i],
    meaning: PUBLIC_READ,
  },

  // What Macie and GuardDuty say of a bucket's policy.
  {
    type: /(^|\/)Policy:(IAMUser|S3)[/-](S3BucketPublic|BucketAnonymousAccessGranted|BucketPublicAccessGranted)$/,
    meaning: PUBLIC_READ,
  },
  {
    type: /(^|\/)Policy:(IAMUser|S3)[/-]\w*(SharedExternally|SharedWithCloudFront|ReplicatedExternally)$/,
    meaning: OTHER_TENANTS,
  },

  // What was found in data.
  {
    type: /(^|\/)SensitiveData:S3Object[/-]Credentials$|^Sensitive Data Identifications\/Passwords(\/|$)/,
    meaning: { data: 'restricted', liveSecret: 'yes' },
  },
  {
    type: /(^|\/)SensitiveData:S3Object[/-](Financial|Multiple)$|^Sensitive Data Identifications\/Financial(\/|$)/,
    meaning: { data: 'restricted' },
  },
  { type: /(^|\/)SensitiveData:|^Sensitive Data Identifications(\/|$)/, meaning: { data: 'confidential' } },

  // What GuardDuty sees happening, by its threat purposes; its policy and discovery types are none of them, nor are mere attempts.
  {
    product: 'guardduty',
    type: /(^|\/)(AttackSequence|Backdoor|CredentialAccess|CryptoCurrency|DefenseEvasion|Execution|Exfiltration|Impact|InitialAccess|Persistence|PrivilegeEscalation|Trojan|UnauthorizedAccess(?!.*BruteForce)):/,
    meaning: { exploitability: 'active' },
  },
]

/** Longer text is no type and no title: matching takes time by the square of the length. */
const LONGEST_TEXT = 500

export interface TypedFinding {
  /** As in finding keys. */
  readonly product: string
  readonly types: readonly string[]
  readonly title: string
}

/** Everything that a finding's types and title say, with what says it. */
export function typeMeanings({ product, types, title }: TypedFinding): readonly (readonly [string, ControlMeaning])[] {
  const words = title.slice(0, LONGEST_TEXT)
  const read = types.filter((type) => type.length <= LONGEST_TEXT)
  const rules = RULES.filter((rule) => rule.product === undefined || rule.product === product)
  return rules.flatMap(({ type: pattern, title: patterns = [], meaning }) => {
    const by =
      pattern === undefined
        ? `title ${words}`
        : read.filter((type) => pattern.test(type)).map((type) => `type ${type}`)[0]
    return by !== undefined && patterns.every((each) => each.test(words)) ? [[by, meaning] as const] : []
  })
}
