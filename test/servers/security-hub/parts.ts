import type { Checks, Json, MapRule } from './checks.ts'
import { ASFF_TIME, timeOf } from './times.ts'

const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']
const NAMESPACES = [
  'Software and Configuration Checks',
  'TTPs',
  'Effects',
  'Unusual Behaviors',
  'Sensitive Data Identifications',
]
const STATES = ['UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE']
const WORKFLOW = ['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED']
/** As in answers of Security Hub: a namespace, a category and a classifier, of which none is empty. */
const TYPE = /^([^/]+)(\/[^/]+){0,2}$/
const URL_TEXT = { max: 2048, pattern: /^https?:\/\/\S+$/ }

const PRODUCT_FIELDS: MapRule = {
  pairs: 50,
  // `aws/` is the namespace of AWS's own products.
  key: { max: 128, pattern: /^(?!aws\/)[A-Za-z0-9\s_./=+\\\-@]+$/ },
  value: { max: 2048 },
}
const USER_DEFINED_FIELDS: MapRule = {
  pairs: 50,
  key: { max: 128, pattern: /^[A-Za-z0-9\-_=+@./:]+$/ },
  value: { max: 1024 },
}
const TAG = /^[\p{L}\p{N}\s_.:/=+\-@]+$/u
const TAGS: MapRule = { pairs: 50, key: { max: 128, pattern: TAG }, value: { max: 256, pattern: TAG } }
const OTHER: MapRule = { pairs: 50, key: { max: 128 }, value: { max: 1024 } }

/** Everything of a finding below what identifies it. */
export function checkParts(checks: Checks, finding: Json): void {
  checks.text(finding['Title'], 'data.Title', { max: 256 })
  checks.text(finding['Description'], 'data.Description', { max: 1024 })
  for (const name of ['CreatedAt', 'UpdatedAt', 'FirstObservedAt', 'LastObservedAt'])
    checkTime(checks, finding[name], `data.${name}`)
  checks.text(finding['SourceUrl'], 'data.SourceUrl', URL_TEXT)
  checks.text(finding['RecordState'], 'data.RecordState', { max: 8, oneOf: ['ACTIVE', 'ARCHIVED'] })
  checks.map(finding['ProductFields'], 'data.ProductFields', PRODUCT_FIELDS)
  const severity = checks.object(finding['Severity'], 'data.Severity')
  if (severity && severity['Label'] === undefined && severity['Normalized'] === undefined)
    checks.say('data.Severity', "should have required property 'Label'")
  checkProviderFields(checks, checks.object(finding['FindingProviderFields'], 'data.FindingProviderFields') ?? {})
  checkCustomerFields(checks, finding, 'data')
  checkRemediation(checks, finding)
  checkCompliance(checks, finding)
  checks
    .list(finding['Resources'], 'data.Resources', { min: 1, max: 32 })
    .forEach((resource, index) => checkResource(checks, resource, `data.Resources[${index}]`))
  checks.list(finding['Malware'], 'data.Malware', { min: 0, max: 5 })
  checks.list(finding['Threats'], 'data.Threats', { min: 1, max: 32 })
  checks.list(finding['ThreatIntelIndicators'], 'data.ThreatIntelIndicators', { min: 1, max: 5 })
}

/** What BatchUpdateFindings can change, in a finding or in a request; a note's UpdatedAt is asked of a finding only. */
export function checkCustomerFields(checks: Checks, fields: Json, path: string, inRequest = false): void {
  checkRated(checks, fields, path)
  const { VerificationState, Workflow, UserDefinedFields, Note } = fields
  checks.text(VerificationState, `${path}.VerificationState`, { max: 32, oneOf: STATES })
  const workflow = checks.object(Workflow, `${path}.Workflow`)
  if (workflow) checks.text(workflow['Status'], `${path}.Workflow.Status`, { max: 32, oneOf: WORKFLOW })
  checks.map(UserDefinedFields, `${path}.UserDefinedFields`, USER_DEFINED_FIELDS)
  const note = checks.object(Note, `${path}.Note`)
  if (!note) return
  checks.required(note, `${path}.Note`, ['Text', 'UpdatedBy', ...(inRequest ? [] : ['UpdatedAt'])])
  checks.text(note['Text'], `${path}.Note.Text`, { max: 512 })
  checks.text(note['UpdatedBy'], `${path}.Note.UpdatedBy`, { max: 512 })
  checkTime(checks, note['UpdatedAt'], `${path}.Note.UpdatedAt`)
}

function checkProviderFields(checks: Checks, fields: Json): void {
  checkRated(checks, fields, 'data.FindingProviderFields')
}

/** The five that are both the provider's and the customer's. */
function checkRated(checks: Checks, fields: Json, path: string): void {
  checks.integer(fields['Confidence'], `${path}.Confidence`, { max: 100 })
  checks.integer(fields['Criticality'], `${path}.Criticality`, { max: 100 })
  const severity = checks.object(fields['Severity'], `${path}.Severity`) ?? {}
  checks.text(severity['Label'], `${path}.Severity.Label`, { max: 16, oneOf: SEVERITIES })
  checks.text(severity['Original'], `${path}.Severity.Original`, { max: 64 })
  checks.integer(severity['Normalized'], `${path}.Severity.Normalized`, { max: 100 })
  checks.list(fields['Types'], `${path}.Types`, { min: 0, max: 50 }).forEach((type, index) => {
    checks.text(type, `${path}.Types[${index}]`, { max: Infinity, pattern: TYPE })
    if (typeof type === 'string' && !NAMESPACES.includes(type.split('/')[0]!))
      checks.say(`${path}.Types[${index}]`, `should start with one of the namespaces ${NAMESPACES.join(', ')}`)
  })
  checks.list(fields['RelatedFindings'], `${path}.RelatedFindings`, { min: 1, max: 10 }).forEach((related, index) => {
    const at = `${path}.RelatedFindings[${index}]`
    const object = checks.object(related, at)
    if (!object) return
    checks.required(object, at, ['Id', 'ProductArn'])
    checks.text(object['Id'], `${at}.Id`, { max: 512 })
    checks.text(object['ProductArn'], `${at}.ProductArn`, { max: 2048, pattern: /^arn:/ })
  })
}

function checkRemediation(checks: Checks, finding: Json): void {
  const remediation = checks.object(finding['Remediation'], 'data.Remediation')
  const path = 'data.Remediation.Recommendation'
  const recommendation = checks.object(remediation?.['Recommendation'], path)
  if (!recommendation) return
  const { Text, Url } = recommendation
  if (Text === undefined && Url === undefined) checks.say(path, 'should have Text or Url')
  checks.text(Text, `${path}.Text`, { max: 512 })
  checks.text(Url, `${path}.Url`, URL_TEXT)
}

function checkCompliance(checks: Checks, finding: Json): void {
  const compliance = checks.object(finding['Compliance'], 'data.Compliance')
  if (!compliance) return
  const { Status, RelatedRequirements, StatusReasons, AssociatedStandards } = compliance
  const statuses = ['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE']
  checks.text(Status, 'data.Compliance.Status', { max: 16, oneOf: statuses })
  checks
    .list(RelatedRequirements, 'data.Compliance.RelatedRequirements', { min: 0, max: 32 })
    .forEach((each, index) => checks.text(each, `data.Compliance.RelatedRequirements[${index}]`, { max: 64 }))
  // Undocumented; scanners that write ASFF keep to it because they were refused.
  checks.list(AssociatedStandards, 'data.Compliance.AssociatedStandards', { min: 0, max: 20 })
  checks.list(StatusReasons, 'data.Compliance.StatusReasons', { min: 0, max: Infinity }).forEach((each, index) => {
    const reason = checks.object(each, `data.Compliance.StatusReasons[${index}]`)
    if (reason) checks.required(reason, `data.Compliance.StatusReasons[${index}]`, ['ReasonCode'])
  })
}

function checkResource(checks: Checks, value: unknown, path: string): void {
  const resource = checks.object(value, path)
  if (!resource) return
  checks.required(resource, path, ['Type', 'Id'])
  checks.text(resource['Type'], `${path}.Type`, { max: 256 })
  checks.text(resource['Id'], `${path}.Id`, { max: 512 })
  checks.text(resource['Region'], `${path}.Region`, { max: 16 })
  checks.text(resource['Partition'], `${path}.Partition`, { max: 16, oneOf: ['aws', 'aws-cn', 'aws-us-gov'] })
  checks.map(resource['Tags'], `${path}.Tags`, TAGS)
  const details = checks.object(resource['Details'], `${path}.Details`)
  if (details) checks.map(details['Other'], `${path}.Details.Other`, OTHER)
}

function checkTime(checks: Checks, value: unknown, path: string): void {
  checks.text(value, path, { max: 64, pattern: ASFF_TIME })
  if (typeof value === 'string' && ASFF_TIME.test(value) && Number.isNaN(timeOf(value)))
    checks.say(path, 'should be a date that there is')
}
