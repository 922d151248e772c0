import { describe, expect, test } from 'vitest'
import type { Statement } from '../../records/mapped.ts'
import { defenderFormat } from './defender-format.ts'
import { sampleAlert, sampleAssessment, sampleRegulatoryAssessment } from './sample-defender.ts'

const AT = Date.UTC(2026, 10, 25, 13)
const options = { zone: 'UTC', reportedAt: AT, withoutData: false }
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001'
const GUID = '11111111-2222-3333-4444-555555555555'

function statement(record: unknown, more: object = {}): Statement {
  const mapped = defenderFormat.map(record, { ...options, ...more })
  if (mapped.outcome !== 'finding') throw new Error(JSON.stringify(mapped))
  return mapped.finding.statement
}

function assessment(properties: object, more: object = {}): Readonly<Record<string, unknown>> {
  const { properties: sample, ...rest } = sampleAssessment(1, more)
  return { ...rest, properties: { ...(sample as object), ...properties } }
}

describe('the status of an assessment', () => {
  test.each([
    ['Healthy', 'pass'],
    ['healthy', 'pass'],
    ['Unhealthy', 'fail'],
    ['UNHEALTHY', 'fail'],
    ['NotHealthy', 'fail'],
    ['Not Healthy', 'fail'],
    ['NotApplicable', 'none'],
    ['OffByPolicy', 'none'],
    ['toString', 'none'],
  ])('%s is the verdict %s', (code, value) => {
    expect(statement(assessment({ status: { code } })).verdict).toEqual({ value, word: code, at: AT, sequence: AT })
  })

  test('that nobody knows says nothing about a mute, nor takes anything back', () => {
    const { mute, archived } = statement(assessment({ status: { code: 'Pending' } }))
    expect([mute, archived]).toEqual([undefined, undefined])
  })

  test('keeps its reason, and says nothing where there is none', () => {
    const status = { code: 'Unhealthy', cause: 'OpenPorts', description: 'Port <b>22</b> is open' }
    expect(statement(assessment({ status }))).toMatchObject({
      verdict: { detail: 'Port 22 is open' },
      unmapped: { cause: 'OpenPorts' },
    })
    expect(statement(assessment({ status: { code: 'Unhealthy', cause: 'OpenPorts' } })).verdict.detail).toBe(
      'OpenPorts',
    )
    const nothing = statement(assessment({ status: { code: 'Unhealthy', cause: 'N/A', description: 'n/a' } }))
    expect([nothing.verdict.detail, nothing.unmapped?.['cause']]).toEqual([undefined, undefined])
  })

  test('takes it back where it is Removed, as by a deletion', () => {
    expect(statement(assessment({ status: { code: 'Removed' } }))).toMatchObject({ archived: true, deleted: true })
    const deletion = { securityEventDataEnrichment: { Action: 'DELETE' }, assessmentEventDataEnrichment: null }
    expect(statement(assessment({}, deletion))).toMatchObject({
      archived: true,
      deleted: true,
      verdict: { value: 'none' },
    })
  })
})

test.each([
  ['High', 'high'],
  ['MEDIUM', 'medium'],
  ['low', 'low'],
  ['Critical', 'critical'],
  ['Informational', 'informational'],
  ['None', 'unknown'],
])('the severity %s is %s', (word, severity) => {
  const given = { severity, sourceSeverity: word }
  expect(statement(assessment({ metadata: { severity: word } })).description).toMatchObject(given)
  expect(statement(sampleAlert(1, { Severity: word })).description).toMatchObject(given)
})

describe('what an assessment is about', () => {
  const id = (scope: string) => `${scope}/providers/Microsoft.Security/assessments/${GUID}`
  const about = (scope: string, resourceDetails: object | null, more: object = {}) =>
    statement(assessment({ resourceDetails }, { id: id(scope), ...more }))

  test.each([
    ['a subscription', `/subscriptions/${SUBSCRIPTION.toUpperCase()}`, `/subscriptions/${SUBSCRIPTION}`, SUBSCRIPTION],
    [
      'a resource group',
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/Web`,
      `/subscriptions/${SUBSCRIPTION}/resourcegroups/web`,
      SUBSCRIPTION,
    ],
    [
      'a management group',
      '/providers/Microsoft.Management/managementGroups/Root',
      '/providers/microsoft.management/managementgroups/root',
      'root',
    ],
    ['the tenant', '', '/tenants/00000000-0000-0000-0000-0000000000aa', '00000000-0000-0000-0000-0000000000aa'],
  ])('may be %s, by the id of the assessment alone', (_, scope, resource, account) => {
    const { identity, cloud, resources } = about(scope, null)
    expect(identity).toMatchObject({ provider: 'azure', account, region: '', resource, control: GUID })
    expect(cloud).toMatchObject({ account, organization: { uid: '00000000-0000-0000-0000-0000000000aa' } })
    expect(resources[0].uid).toBe(resource)
  })

  test('is never taken from a name that people see', () => {
    const scope = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/a`
    const names = ['one', 'two'].map(
      (name) => about(scope, { source: 'Azure', id: scope, resourceName: name }).identity,
    )
    expect(names[0]).toEqual(names[1])
  })

  test('that runs elsewhere has the id of its machine, also where the assessment lies on the workspace', () => {
    const workspaceId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/m/providers/Microsoft.OperationalInsights/workspaces/main`
    const details = { source: 'OnPremise', workspaceId, vmuuid: 'AB-1', machineName: 'rack7' }
    const { id: _, ...record } = assessment({ resourceDetails: details })
    const { identity, resources } = statement(record)
    expect(identity).toMatchObject({
      provider: 'other',
      account: SUBSCRIPTION,
      resource: `${workspaceId}/machines/ab-1`.toLowerCase(),
    })
    expect(resources[0]).toMatchObject({ name: 'rack7', data: { vmuuid: 'AB-1' } })
  })

  test.each([
    ['AWS', { hierarchyId: '111122223333' }, '111122223333'],
    ['aws', {}, '444455556666'],
  ])('in %s has the id and the account that it has there', (source, more, account) => {
    const nativeCloudUniqueIdentifier = 'arn:aws:ec2:eu-west-1:444455556666:instance/i-1'
    const { identity } = about('', { source, nativeCloudUniqueIdentifier, region: 'eu-west-1', ...more })
    expect(identity).toMatchObject({ provider: 'aws', account, region: '', resource: nativeCloudUniqueIdentifier })
  })

  test('in Google Cloud is in the project that its id names', () => {
    const nativeCloudUniqueIdentifier = 'https://storage.googleapis.com/projects/acme/buckets/b'
    const { identity } = about('', { source: 'Gcp', nativeCloudUniqueIdentifier })
    expect(identity).toMatchObject({
      provider: 'gcp',
      account: 'acme',
      resource: '//storage.googleapis.com/projects/acme/buckets/b',
    })
  })

  test('goes without its free-form data where that would be too large', () => {
    const record = assessment({ additionalData: { users: ['a'] } })
    expect(statement(record).resources[0].data).toEqual({ users: ['a'] })
    expect(statement(record, { withoutData: true }).resources[0].data).toBeUndefined()
  })
})

test('two images of one repository with one name in AWS are two resources', () => {
  const uids = ['a', 'b'].map((digit) => {
    const digest = `sha256:${digit.repeat(64)}`
    const resourceDetails = {
      source: 'Aws',
      id: `111122223333.dkr.ecr.us-east-1.amazonaws.com/web@${digest}`,
      nativeCloudUniqueIdentifier: 'arn:aws:ecr:us-east-1:111122223333:image/web',
    }
    return statement(assessment({ resourceDetails })).identity.resource
  })
  expect(new Set(uids).size).toBe(2)
})

describe('a message about regulatory compliance', () => {
  const control = { product: 'defender-for-cloud', provider: 'azure', account: SUBSCRIPTION, uid: GUID }

  test('says that an assessment tests a requirement, as in the identity of the findings', () => {
    expect(defenderFormat.map(sampleRegulatoryAssessment('3.5.1', GUID.toUpperCase()), options)).toEqual({
      outcome: 'control',
      control: { control, standard: 'PCI-DSS-4', requirement: '3.5.1', at: AT },
    })
    const { product, provider, account, control: uid } = statement(sampleAssessment(1)).identity
    expect({ product, provider, account, uid }).toEqual(control)
  })

  test('takes that back when it is deleted', () => {
    const deleted = { securityEventDataEnrichment: { Action: 'Delete' } }
    expect(defenderFormat.map(sampleRegulatoryAssessment('3.5.1', GUID, deleted), options)).toMatchObject({
      control: { withdrawn: true },
    })
  })

  test('is known by its id alone, and its names are decoded', () => {
    const { type: _, ...record } = sampleRegulatoryAssessment('AC-2%20(1)')
    expect(defenderFormat.map(record, options)).toMatchObject({ control: { requirement: 'AC-2 (1)' } })
    expect(defenderFormat.map(sampleRegulatoryAssessment('100%'), options)).toMatchObject({
      control: { requirement: '100%' },
    })
  })

  test('is rejected where its id does not say of what', () => {
    expect(
      defenderFormat.map(sampleRegulatoryAssessment('1', GUID, { id: '/subscriptions/x' }), options),
    ).toMatchObject({
      error: { code: 'RECORD_INCOMPLETE' },
    })
  })
})

test.each([
  'Microsoft.Security/regulatoryComplianceStandards',
  'Microsoft.Security/regulatoryComplianceStandards/regulatoryComplianceControls',
  'Microsoft.Security/secureScores',
  'Microsoft.Security/secureScores/secureScoreControls',
  'Microsoft.Security/attackPaths',
])('%s is counted by its type', (type) => {
  expect(defenderFormat.map({ type, id: `/subscriptions/x/providers/${type}/y`, properties: {} }, options)).toEqual({
    outcome: 'other',
    kind: type,
  })
})

describe('a record that cannot be read is rejected:', () => {
  const { SystemAlertId: _, ...nameless } = sampleAlert(1)
  test.each([
    ['null', null, 'RECORD_NOT_AN_OBJECT'],
    ['markup', '<html>', 'RECORD_NOT_AN_OBJECT'],
    ['a list', [], 'RECORD_NOT_AN_OBJECT'],
    ['something else', { time: 1, category: 'x' }, 'RECORD_UNKNOWN'],
    ['an assessment of nothing', { type: 'Microsoft.Security/assessments', name: GUID }, 'RECORD_INCOMPLETE'],
    ['an assessment without a name', { type: 'Microsoft.Security/assessments' }, 'RECORD_INCOMPLETE'],
    ['a part of nothing', { type: 'Microsoft.Security/assessments/subAssessments', name: 'x' }, 'RECORD_INCOMPLETE'],
    ['an alert without an id', { ...nameless, SystemAlertId: ' ' }, 'RECORD_INCOMPLETE'],
    ['an alert without a type', sampleAlert(1, { AlertType: null }), 'RECORD_INCOMPLETE'],
    ['an alert about nothing', sampleAlert(1, { ResourceIdentifiers: [] }), 'RECORD_INCOMPLETE'],
  ])('%s', (_name, record, code) => {
    expect(defenderFormat.map(record, options)).toMatchObject({ outcome: 'rejected', error: { code } })
  })
})

test('an alert about no resource is one about its subscription, else about its tenant', () => {
  const tenant = '00000000-0000-0000-0000-0000000000aa'
  const identifiers = [{ Type: 'AAD', AadTenantId: tenant.toUpperCase() }]
  const ofTenant = statement(sampleAlert(1, { ResourceIdentifiers: identifiers }))
  expect(ofTenant.identity).toMatchObject({ account: tenant, resource: `/tenants/${tenant}` })
  const extended = { EffectiveSubscriptionId: SUBSCRIPTION }
  const ofSubscription = statement(sampleAlert(1, { ResourceIdentifiers: identifiers, ExtendedProperties: extended }))
  expect(ofSubscription.identity).toMatchObject({ account: SUBSCRIPTION, resource: `/subscriptions/${SUBSCRIPTION}` })
  expect(ofSubscription.cloud.organization).toEqual({ uid: tenant })
})
