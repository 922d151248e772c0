import { describe, expect, test } from 'vitest'
import type { Statement } from '../../records/mapped.ts'
import { PUBLISHED, sampleNotification, sampleV1Notification } from './sample-scc.ts'
import { sccFormat } from './scc-format.ts'

const EVENT = Date.UTC(2026, 10, 25, 12, 0, 0, 123)
const options = { zone: 'UTC', reportedAt: PUBLISHED, withoutData: false }

function mapped(record: unknown, more: object = {}): Statement {
  const found = sccFormat.map(record, { ...options, ...more })
  if (found.outcome !== 'finding') throw new Error(JSON.stringify(found))
  return found.finding.statement
}

const statement = (changes: object = {}) => mapped(sampleNotification(1, changes))
const rejected = (record: unknown) => {
  const found = sccFormat.map(record, options)
  return found.outcome === 'rejected' ? `${found.error.code}: ${found.error.message}` : found.outcome
}

/** With something changed in the resource, or taken away from it. */
function withResource(changes: object, finding: object = {}): unknown {
  const whole = sampleNotification(1, finding)
  return { ...whole, resource: { ...(whole['resource'] as object), ...changes } }
}

describe('the class', () => {
  const cve = { cve: { id: 'CVE-2026-1' } }
  test.each<[unknown, object, string, string[]]>([
    ['MISCONFIGURATION', {}, 'compliance', []],
    ['POSTURE_VIOLATION', {}, 'compliance', []],
    ['EXTERNAL_EXPOSURE', {}, 'compliance', []],
    ['VULNERABILITY', cve, 'vulnerability', []],
    ['VULNERABILITY', {}, 'compliance', []],
    ['MISCONFIGURATION', cve, 'compliance', []],
    ['THREAT', {}, 'detection', []],
    ['OBSERVATION', {}, 'detection', []],
    ['TOXIC_COMBINATION', {}, 'detection', []],
    ['CHOKEPOINT', {}, 'detection', []],
    ['SENSITIVE_DATA_RISK', {}, 'data_security', []],
    [1, {}, 'detection', []],
    ['8', {}, 'data_security', []],
    ['FINDING_CLASS_UNSPECIFIED', {}, 'compliance', ['finding_class_assumed']],
    [undefined, {}, 'compliance', ['finding_class_assumed']],
    [undefined, cve, 'vulnerability', ['finding_class_assumed']],
    ['SOMETHING_NEW', {}, 'compliance', ['finding_class_assumed']],
  ])('%j with %j is of kind %s, flagged %j', (findingClass, vulnerability, kind, flags) => {
    expect(statement({ findingClass, vulnerability })).toMatchObject({ kind, flags })
  })

  test.each(['SCC_ERROR', 'scc_error', 5])('%j speaks of the service itself, and is no finding', (findingClass) => {
    const finding = { findingClass, category: 'KTD_IMAGE_PULL_FAILURE' }
    for (const record of [sampleNotification(1, finding), finding, { finding_class: findingClass }])
      expect(sccFormat.map(record, options)).toEqual({ outcome: 'other', kind: 'SCC_ERROR' })
  })
})

describe('the state is the verdict as of the event', () => {
  test.each<[unknown, string, string | undefined]>([
    ['ACTIVE', 'fail', 'ACTIVE'],
    ['INACTIVE', 'pass', 'INACTIVE'],
    [1, 'fail', 'ACTIVE'],
    [2, 'pass', 'INACTIVE'],
    ['STATE_UNSPECIFIED', 'none', undefined],
    [0, 'none', undefined],
    [undefined, 'none', undefined],
    ['PAUSED', 'none', 'PAUSED'],
  ])('%j is %s', (state, value, word) => {
    const { verdict } = statement({ state })
    expect(verdict).toEqual({ value, ...(word === undefined ? {} : { word }), at: EVENT, sequence: PUBLISHED })
  })

  test('muted or not', () => {
    expect(statement({ mute: 'MUTED' }).verdict).toEqual(statement().verdict)
  })

  test('with nanoseconds, as seconds, and as of its creation where it names no event', () => {
    const at = (eventTime: unknown) => statement({ eventTime }).verdict.at
    expect(at('2026-11-25T12:00:00.123456789Z')).toBe(EVENT)
    expect(at({ seconds: String(Math.floor(EVENT / 1000)), nanos: 123_456_789 })).toBe(EVENT)
    expect(at({ seconds: { valueOf: 1, toString: 1 } })).toBe(Date.UTC(2026, 10, 20, 9))
    expect(at('1970-01-01T00:00:00Z')).toBe(Date.UTC(2026, 10, 20, 9))
    expect(statement().seen).toEqual({ first: Date.UTC(2026, 10, 20, 9) })
  })
})

describe('the mute is a fact of its own', () => {
  const muteUpdateTime = '2026-11-25T10:00:00Z'
  const updated = Date.parse(muteUpdateTime)
  test.each<[string, object, object | undefined]>([
    [
      'muted',
      { mute: 'MUTED', muteUpdateTime, muteInitiator: 'Muted by a' },
      { muted: true, reason: 'Muted by a', at: updated },
    ],
    ['muted, nobody says when', { mute: 'MUTED' }, { muted: true, at: EVENT }],
    ['unmuted', { mute: 'UNMUTED', muteUpdateTime, muteInitiator: 'Unmuted by a' }, { muted: false, at: updated }],
    ['by number', { mute: 1, muteUpdateTime }, { muted: true, at: updated }],
    ['never muted', { mute: 'UNDEFINED' }, { muted: false, at: EVENT }],
    ['never muted, in the number of v2', { mute: 3 }, { muted: false, at: EVENT }],
    ['never muted, in the number of v1', { mute: 4 }, { muted: false, at: EVENT }],
    [
      'cleared after the event',
      { mute: 'UNDEFINED', muteUpdateTime: '2026-11-25T12:30:00Z' },
      { muted: false, at: Date.UTC(2026, 10, 25, 12, 30) },
    ],
    ['not muted any more, which nothing stamped', { mute: 'UNDEFINED', muteUpdateTime }, { muted: false, at: EVENT }],
    ['unspecified', { mute: 'MUTE_UNSPECIFIED', muteUpdateTime }, undefined],
    ['absent', { mute: undefined }, undefined],
    [
      'muted by hand',
      { mute: 'MUTED', muteInfo: { staticMute: { state: 'MUTED', applyTime: muteUpdateTime } } },
      { muted: true, at: updated },
    ],
    [
      'muted by a rule after it was by hand',
      {
        mute: 'MUTED',
        muteUpdateTime: '2026-11-25T09:00:00Z',
        muteInfo: { dynamicMuteRecords: [{ muteConfig: 'folders/1/muteConfigs/m', matchTime: muteUpdateTime }] },
      },
      { muted: true, reason: 'folders/1/muteConfigs/m', at: updated },
    ],
  ])('%s', (_, changes, expected) => {
    expect(statement(changes).mute).toEqual(expected)
  })
})

describe('the severity', () => {
  test.each<[unknown, string, string | undefined]>([
    ['CRITICAL', 'critical', 'CRITICAL'],
    ['HIGH', 'high', 'HIGH'],
    ['MEDIUM', 'medium', 'MEDIUM'],
    ['LOW', 'low', 'LOW'],
    ['SEVERITY_UNSPECIFIED', 'unknown', undefined],
    [undefined, 'unknown', undefined],
    [0, 'unknown', undefined],
    [1, 'critical', 'CRITICAL'],
    [4, 'low', 'LOW'],
    ['DIRE', 'unknown', 'DIRE'],
  ])('%j is %s', (given, severity, sourceSeverity) => {
    const { description } = statement({ severity: given })
    expect([description.severity, description.sourceSeverity]).toEqual([severity, sourceSeverity])
  })

  test.each([
    [undefined, 'low'],
    ['SEVERITY_UNSPECIFIED', 'low'],
    ['HIGH', 'high'],
  ])('of an observation that says %s is %s', (severity, expected) => {
    expect(statement({ findingClass: 'OBSERVATION', severity }).description.severity).toBe(expected)
  })
})

describe('the account', () => {
  const nothing = { gcpMetadata: undefined, resourcePathString: undefined }
  test.each<[string, unknown, string]>([
    ['of the canonical name', withResource(nothing), '42'],
    ['of the resource, where the canonical name has none', withResource({}, { canonicalName: undefined }), '42'],
    ['of the path', withResource({ gcpMetadata: undefined }, { canonicalName: undefined }), '42'],
    [
      'by its id, where no number is known',
      withResource(nothing, { canonicalName: 'projects/shop/sources/1/findings/f1' }),
      'shop',
    ],
    ['that is a folder', withResource(nothing, { canonicalName: 'folders/9/sources/1/findings/f1' }), 'folders/9'],
    [
      'that is the organisation',
      withResource(nothing, { canonicalName: 'organizations/1/sources/1/findings/f1' }),
      'organizations/1',
    ],
  ])('%s', (_, record, account) => {
    expect(mapped(record)).toMatchObject({ identity: { account }, cloud: { account, provider: 'gcp' } })
  })

  test('is what is configured where no name has one', () => {
    const record = withResource(nothing, { name: 'x/findings/f1', canonicalName: undefined, parent: undefined })
    expect(mapped(record, { account: 'given' }).cloud.account).toBe('given')
    expect(rejected(record)).toMatch(/^RECORD_INCOMPLETE: .*project, folder or organization/)
  })
})

describe('another cloud', () => {
  const arn = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1'
  const arm =
    '/subscriptions/0000AAAA-0000-0000-0000-000000000001/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/VM'
  const full = (name: string) => `//cloudasset.googleapis.com/organizations/1/otherCloudConnections/x/${name}`
  const canonicalName = 'organizations/1/sources/2/findings/f1'
  const bare = (resourceName: string) => ({
    finding: { ...(sampleV1Notification(1, { canonicalName, resourceName })['finding'] as object) },
  })

  test.each([
    [arn, 'aws', '111122223333', arn],
    [full(arn), 'aws', '111122223333', arn],
    [arm, 'azure', '0000aaaa-0000-0000-0000-000000000001', arm.toLowerCase()],
    [full(arm.slice(1)), 'azure', '0000aaaa-0000-0000-0000-000000000001', arm.toLowerCase()],
  ])('is known by the resource %s alone: %s', (resourceName, provider, account, resource) => {
    expect(mapped(bare(resourceName)).identity).toMatchObject({ provider, account, resource })
  })

  test.each([
    '//pubsub.googleapis.com/projects/p/subscriptions/0000aaaa-0000-0000-0000-000000000001',
    '//storage.googleapis.com/arn:aws:s3:::trap',
  ])('is not where the resource is one of Google: %s', (resourceName) => {
    expect(mapped(bare(resourceName)).identity).toMatchObject({ provider: 'gcp', resource: resourceName })
  })

  test('is what the message says, with its own ids', () => {
    const record = withResource(
      { cloudProvider: 2, awsMetadata: { account: { id: '444455556666' } }, location: 'eu-west-1' },
      { resourceName: full('arn:aws:s3:::b'), canonicalName },
    )
    expect(mapped(record)).toMatchObject({
      identity: { provider: 'aws', account: '444455556666', region: '', resource: 'arn:aws:s3:::b' },
      resources: [{ uid: 'arn:aws:s3:::b', region: 'eu-west-1' }],
    })
  })
})

describe('what has no place of its own', () => {
  test('is kept by its own name, without what nobody set', () => {
    const { unmapped } = statement({
      attackExposure: { score: 1.5, latestCalculationTime: '1970-01-01T00:00:00Z', state: 'STATE_UNSPECIFIED' },
      exfiltration: { sources: [], targets: [{ name: '//x', components: [] }], totalExfiltratedBytes: '0' },
      iamBindings: [],
      aiModel: { name: 'm', domain: '' },
      somethingNew: { a: 1 },
    })
    expect(unmapped).toEqual({
      attackExposure: { score: 1.5 },
      exfiltration: { targets: [{ name: '//x' }], totalExfiltratedBytes: '0' },
      aiModel: { name: 'm' },
      somethingNew: { a: 1 },
    })
  })

  test('is left out where it is too large, and told', () => {
    const large = statement({ sourceProperties: { evidence: 'x'.repeat(9000) }, access: { callerIp: '192.0.2.1' } })
    expect(large).toMatchObject({ unmapped: { access: { callerIp: '192.0.2.1' } }, flags: ['unmapped_cut'] })
    const many = statement(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`part${at}`, 'x'.repeat(1000)])))
    expect(JSON.stringify(many.unmapped).length).toBeLessThan(40_000)
    expect(many.flags).toEqual(['unmapped_cut'])
  })

  test('is left out of an event that is too large already', () => {
    expect(
      mapped(sampleNotification(1, { access: { callerIp: '192.0.2.1' } }), { withoutData: true }).unmapped,
    ).toBeUndefined()
  })

  test("does not rename people's own words", () => {
    const { finding } = sampleNotification(1) as { finding: object }
    const own = {
      source_properties: { my_key: 1 },
      security_marks: { marks: { my_mark: 'x' } },
      iam_bindings: [{ my_role: 1 }],
    }
    expect(mapped({ finding: { ...finding, ...own } }).unmapped).toEqual({
      sourceProperties: { my_key: 1 },
      securityMarks: { marks: { my_mark: 'x' } },
      iamBindings: [{ myRole: 1 }],
    })
  })
})

test.each<[object, string]>([
  [
    { name: undefined, canonicalName: undefined },
    'RECORD_INCOMPLETE: the record has no finding.canonicalName or finding.name',
  ],
  [{ category: '' }, 'RECORD_INCOMPLETE: the record has no finding.category'],
  [{ eventTime: 'soon', createTime: null }, 'RECORD_WITHOUT_TIME: '],
])('with %j it is set aside: %s', (changes, reason) => {
  expect(rejected(sampleNotification(1, changes)).startsWith(reason)).toBe(true)
})

test('without the name of a resource it is set aside', () => {
  const finding = sampleNotification(1, { resourceName: undefined })['finding']
  expect(rejected({ finding })).toBe('RECORD_INCOMPLETE: the record has no finding.resourceName')
  expect(mapped(sampleNotification(1, { resourceName: undefined })).identity.resource).toBe(
    '//storage.googleapis.com/bucket-1',
  )
})

test.each([null, 7, 'x', [], [{}]])('%j is no record', (record) => {
  expect(rejected(record)).toMatch(/^RECORD_NOT_AN_OBJECT/)
})

test('tactics and techniques are of ATT&CK, by word and by number', () => {
  const attack = {
    primaryTactic: 4,
    primaryTechniques: [46, 'APPLICATION_LAYER_PROTOCOL', 'NEW_ONE', 'TECHNIQUE_UNSPECIFIED', 9999],
  }
  expect(statement({ mitreAttack: attack }).description.attacks).toEqual([
    { tactic: 'Command and Control', tacticUid: 'TA0011', technique: 'DNS', techniqueUid: 'T1071.004' },
    {
      tactic: 'Command and Control',
      tacticUid: 'TA0011',
      technique: 'Application Layer Protocol',
      techniqueUid: 'T1071',
    },
    { tactic: 'Command and Control', tacticUid: 'TA0011', technique: 'New One' },
  ])
  expect(statement({ mitreAttack: {} }).description.attacks).toBeUndefined()
})
