import { describe, expect, test } from 'vitest'
import type { FieldMapping, Properties } from '../template/field-types.ts'
import { PROPERTIES } from '../template/properties.ts'
import { mappingDifference } from './mapping-difference.ts'

/** How a mapping with these instead of ours differs from ours; undefined stands for a field that it lacks. */
function differing(changes: Readonly<Record<string, FieldMapping | undefined>>, dynamic = 'false') {
  const properties = Object.fromEntries(
    Object.entries({ ...PROPERTIES, ...changes }).filter(([, field]) => field !== undefined),
  ) as Properties
  return mappingDifference({ mark: { ours: true, version: 1, copyingFrom: undefined }, dynamic, properties })
}

describe('a mapping that is installed', () => {
  test('is no other for what somebody added to it', () => {
    const { cloud } = PROPERTIES
    const added = { properties: { ...cloud!.properties, cost_center: { type: 'keyword' } } }
    expect(differing({ cloud: added, own: { type: 'long' } })).toEqual({ additions: [], conflicts: [] })
  })

  test('can be given what it lacks: fields, subfields, limits, and that it must not grow by itself', () => {
    expect(differing({ message: undefined })).toEqual({ additions: ['message'], conflicts: [] })
    expect(differing({ message: { type: 'text' } })).toEqual({ additions: ['message.keyword'], conflicts: [] })
    expect(differing({ severity: { type: 'keyword', ignore_above: 256 } })).toEqual({
      additions: ['severity'],
      conflicts: [],
    })
    expect(differing({}, 'true')).toEqual({ additions: ['(dynamic)'], conflicts: [] })
    expect(differing({ cloud: { properties: {} } }).additions).toEqual([
      'cloud.provider',
      'cloud.region',
      'cloud.cloud_partition',
      'cloud.account',
      'cloud.org',
    ])
  })

  test.each<[string, FieldMapping]>([
    ['message', { type: 'keyword' }],
    ['time', { type: 'date', format: 'epoch_second', ignore_malformed: true }],
    ['severity_id', { type: 'integer', ignore_malformed: true, index: false }],
    ['cloud', { type: 'object', enabled: false }],
    ['cloud', { type: 'keyword' }],
  ])('can not be given another kind of %s', (name, field) => {
    expect(differing({ [name]: field })).toEqual({ additions: [], conflicts: [name] })
  })
})
