import { describe, expect, test } from 'vitest'
import { isOwnExport, isOwnNote, ownFindingId, withoutOwnFields } from './security-hub-marks.ts'

const own = 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default'
const Id = ownFindingId(`v1:${'0a'.repeat(16)}`)

test('the Id of an export holds the finding key, in characters that every Id may have', () => {
  expect(Id).toBe(`posture-stream.${'0a'.repeat(16)}`)
  expect(Id).toMatch(/^[\w.~-]+$/)
})

describe('an export of ours', () => {
  test.each([
    ['in ASFF', { Id, ProductArn: own }],
    ['in OCSF', { finding_info: { uid: Id }, metadata: { product: { uid: own.replace('product/', 'productv2/') } } }],
    ['without its product', { Id }],
  ])('is known %s', (_, finding) => {
    expect(isOwnExport(finding)).toBe(true)
  })

  test.each([
    ['another Id', { Id: 'posture-streams/1', ProductArn: own }],
    ["another product's", { Id, ProductArn: 'arn:aws:securityhub:eu-west-1::product/acme/guard' }],
    ['an Id that is none', { Id: 7, ProductArn: own }],
    ['no finding', null],
    ['a list', [Id]],
    ['text', Id],
    ['a document of nothing', { finding_info: null, metadata: { product: [] } }],
  ])('is not %s', (_, finding) => {
    expect(isOwnExport(finding)).toBe(false)
  })
})

test('notes and fields of people stay theirs', () => {
  const notes = [{ Text: 'posture-stream: P1' }, { Text: 'seen', UpdatedBy: 'posture-stream' }, { Text: 'seen' }, null]
  expect(notes.map(isOwnNote)).toEqual([true, true, false, false])
  expect(withoutOwnFields({ 'posture-stream-score': '9', team: 'a' })).toEqual({ team: 'a' })
})
