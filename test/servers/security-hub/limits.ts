import { Checks, isObject, type Json } from './checks.ts'
import type { HubPlace } from './options.ts'
import { checkParts } from './parts.ts'

/** What is documented as 6 MB and 240 KB: of both readings the smaller. */
export const MOST_BYTES = 6_000_000
export const MOST_FINDING_BYTES = 240_000
export const MOST_FINDINGS = 100

const SCHEMA_VERSION = '2018-10-08'
const REQUIRED = [
  'SchemaVersion',
  'Id',
  'ProductArn',
  'GeneratorId',
  'AwsAccountId',
  'CreatedAt',
  'UpdatedAt',
  'Title',
  'Description',
  'Resources',
]
const PRODUCT_ARN = /^arn:(aws|aws-cn|aws-us-gov):securityhub:[a-z0-9-]+:(\d{12})?:product\/[^/\s]+\/[^/\s]+$/
/** RFC 3986, 2.3, as the user guide demands, and the slash, which its own example has. */
const OWN_ID = /^[A-Za-z0-9\-._~/]+$/
const AWS_ID = /^[A-Za-z0-9\-._~/:]+$/
/** What Security Hub sets itself, and lets no provider send. */
const SET_BY_AWS = ['Region', 'ProcessedAt', 'AwsAccountName']
const KNOWN = new Set(
  [
    ...REQUIRED,
    'Types Severity Confidence Criticality RelatedFindings FindingProviderFields Sample FirstObservedAt LastObservedAt',
    'Remediation SourceUrl ProductFields UserDefinedFields Compliance VerificationState Workflow WorkflowState RecordState',
    'Note Malware Network NetworkPath Process Threats ThreatIntelIndicators Vulnerabilities PatchSummary Action',
    'GeneratorDetails Detection ProductName CompanyName',
  ].flatMap((names) => names.split(' ')),
)

/** Whoever sends: the account and region of the call, and the products other than its own for which it may speak. */
export interface Caller extends HubPlace {
  readonly partnerProducts?: readonly string[]
}

/**
 * What Security Hub refuses a finding of BatchImportFindings for; empty: it takes it. Never throws. The rules are those of
 * the ASFF pages of AWS's user guide and of the constraints in its API reference; where both leave room, the stricter
 * reading. `caller`: checks that it may send this finding too.
 */
export function asffProblems(finding: unknown, caller?: Caller): string[] {
  const checks = new Checks()
  if (!isObject(finding)) return ['data should be object']
  checks.required(finding, 'data', REQUIRED)
  // Seen in answers: "should have required property 'FindingProviderFields', … should match some schema in anyOf".
  if (finding['FindingProviderFields'] === undefined) checks.required(finding, 'data', ['Severity', 'Types'])
  for (const name of Object.keys(finding)) checkName(checks, name)
  checkIdentity(checks, finding)
  checkParts(checks, finding)
  checks.noBlanks(finding, 'data')
  const bytes = Buffer.byteLength(JSON.stringify(finding))
  if (bytes > MOST_FINDING_BYTES) checks.say('data', `should NOT be larger than 240 KB (is ${bytes} bytes)`)
  if (caller) checkCaller(checks, finding, caller)
  return checks.problems
}

function checkName(checks: Checks, name: string): void {
  if (SET_BY_AWS.includes(name)) checks.say(`data.${name}`, 'is set by Security Hub and should NOT be sent')
  else if (!KNOWN.has(name)) checks.say(`data.${name}`, 'should NOT be there: no such property')
}

function checkIdentity(checks: Checks, finding: Json): void {
  const { SchemaVersion, Id, ProductArn, GeneratorId, AwsAccountId, ProductName, CompanyName } = finding
  checks.text(SchemaVersion, 'data.SchemaVersion', { max: 10, oneOf: [SCHEMA_VERSION] })
  checks.text(ProductArn, 'data.ProductArn', { max: 2048, pattern: PRODUCT_ARN })
  checks.text(Id, 'data.Id', { max: 512, pattern: isOfAws(ProductArn) ? AWS_ID : OWN_ID })
  if (!isOfAws(ProductArn) && typeof Id === 'string' && Id.startsWith('arn:'))
    checks.say('data.Id', 'should NOT start with "arn:": the product is not of AWS')
  checks.text(GeneratorId, 'data.GeneratorId', { max: 512 })
  checks.text(AwsAccountId, 'data.AwsAccountId', { max: 12, pattern: /^\d{12}$/ })
  checks.text(ProductName, 'data.ProductName', { max: 128 })
  checks.text(CompanyName, 'data.CompanyName', { max: 128 })
}

/** Products of AWS have neither an account nor a company but `aws`. */
export function isOfAws(productArn: unknown): boolean {
  return typeof productArn === 'string' && /^arn:[a-z-]+:securityhub:[a-z0-9-]+::product\/aws\//.test(productArn)
}

function checkCaller(checks: Checks, finding: Json, { account, region, partnerProducts = [] }: Caller): void {
  const { ProductArn, AwsAccountId } = finding
  if (typeof ProductArn !== 'string' || partnerProducts.includes(ProductArn)) return
  if (AwsAccountId !== account) checks.say('data.AwsAccountId', `should be that of the caller, ${account}`)
  const own = new RegExp(`^arn:[a-z-]+:securityhub:${region}:${account}:product/${account}/default$`)
  if (!own.test(ProductArn))
    checks.say(
      'data.ProductArn',
      `should be the caller's own, arn:aws:securityhub:${region}:${account}:product/${account}/default`,
    )
}
