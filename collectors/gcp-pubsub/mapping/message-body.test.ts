import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../../core/errors.ts'
import { readBody } from './message-body.ts'
import { sampleNotification, sampleV1Notification } from './sample-scc.ts'

const notification = sampleNotification(1)
const other = sampleV1Notification(2)
const alone = notification['finding']
const result = { finding: alone, resource: notification['resource'], stateChange: 'UNCHANGED' }
const AT = Date.UTC(2026, 10, 25, 12)
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')
const push = { message: { data: base64(notification), messageId: '1', publishTime: '2026-11-25T12:00:00Z' } }

function opened(body: unknown) {
  return readBody(typeof body === 'string' ? body : JSON.stringify(body))
}

function codeOf(body: string): string {
  try {
    readBody(body)
  } catch (error) {
    if (error instanceof PermanentError) return error.code
  }
  return 'none'
}

describe('a body may be', () => {
  test.each<[string, unknown, unknown[]]>([
    ['a notification of v2', notification, [notification]],
    ['a notification of v1', other, [other]],
    ['a finding alone', alone, [alone]],
    [
      'a finding alone by the names of the protos',
      { name: 'x', canonical_name: 'projects/4/sources/1/findings/2' },
      [{ name: 'x', canonical_name: 'projects/4/sources/1/findings/2' }],
    ],
    ['a list', [notification, other, alone], [notification, other, alone]],
    ['a result of ListFindings', result, [result]],
    ['what ListFindings gives', { listFindingsResults: [result, result], totalSize: 2 }, [result, result]],
    ['the same by the names of the protos', { list_findings_results: [result] }, [result]],
    ['text within JSON', JSON.stringify(JSON.stringify(notification)), [notification]],
    ['a list of texts of which each stands for a finding', ['{}'], ['{}']],
  ])('%s', (_, body, records) => {
    expect(opened(body)).toMatchObject({ findings: records.map((record) => ({ record, at: undefined })), others: [] })
  })

  test.each<[string, unknown]>([
    ['a push', push],
    ['a list of pushes', [push]],
    ['a pull', { receivedMessages: [{ ackId: 'a', message: push.message }] }],
    ['a message of Pub/Sub', push.message],
    ['a message whose data is no base64', { ...push.message, data: JSON.stringify(notification) }],
    ['an event that brings a push', { specversion: '1.0', time: '2026-11-25T12:01:00Z', data: push }],
  ])('%s, with the time of its publication', (_, body) => {
    expect(opened(body)).toMatchObject({ findings: [{ record: notification, at: AT }], others: [] })
  })
})

test.each(['', ' \n', 'null', '{}', '[]', '""', '{"listFindingsResults":[]}', '{"message":{"data":""}}'])(
  'the body %j brings nothing, and is none of the findings that cannot be read',
  (body) => {
    const { findings, others } = readBody(body)
    expect(findings).toEqual([])
    expect(others.length).toBeLessThanOrEqual(1)
  },
)

test.each([
  [{ notificationConfigName: 'organizations/1/notificationConfigs/n' }, 'a notification without a finding'],
  [{ asset: { name: '//x' }, window: {} }, 'a change of an asset'],
  [{ logName: 'projects/p/logs/l', insertId: '1' }, 'a log entry'],
])('%j says that it is %s', (body, kind) => {
  expect(opened(body)).toMatchObject({ findings: [], others: [kind] })
})

test.each([
  ['<html>', 'MESSAGE_NOT_JSON'],
  ['{"finding":', 'MESSAGE_NOT_JSON'],
  ['{"message":{"data":"aGVsbG8="}}', 'MESSAGE_NOT_JSON'],
  ['7', 'MESSAGE_UNKNOWN'],
  ['true', 'MESSAGE_UNKNOWN'],
  ['{"hello":"world"}', 'MESSAGE_UNKNOWN'],
  ['{"data":{"data":{"data":{"data":{"data":{"data":{"data":{"data":{"a":1}}}}}}}}}', 'MESSAGE_UNKNOWN'],
  [`${'['.repeat(120)}${']'.repeat(120)}`, 'MESSAGE_TOO_DEEP'],
])('%s is refused as %s', (body, code) => {
  expect(codeOf(body)).toBe(code)
})

test('in a list everything that is no envelope stands where a finding should', () => {
  expect(opened([null, 7, notification]).findings.map(({ record }) => record)).toEqual([null, 7, notification])
})
