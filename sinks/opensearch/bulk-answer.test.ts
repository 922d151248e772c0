import { describe, expect, test } from 'vitest'
import type { PipelineError } from '../../core/errors.ts'
import { sampleFinding } from '../sample-findings.ts'
import { readBulkAnswer } from './bulk-answer.ts'
import { bulkItems } from './bulk-body.ts'

const items = bulkItems([sampleFinding('a'), sampleFinding('b')], { index: 'latest', dataStream: undefined })
const scrub = (text: string): string => text.replaceAll('CANARY', '[secret]')

function verdict(status: number, error?: object): PipelineError | 'delivered' {
  const answer = { items: [{ index: { status: 201 } }, { index: { status, ...(error && { error }) } }] }
  const [first, second] = readBulkAnswer(answer, items, scrub)
  expect(first).toEqual({ status: 'delivered' })
  return second!.status === 'delivered' ? 'delivered' : (second!.error as PipelineError)
}

describe('an item of a bulk answer', () => {
  test.each([
    [200, undefined],
    [201, undefined],
    [409, { type: 'version_conflict_engine_exception', reason: 'current version [3] is higher' }],
  ])('of status %i is delivered', (status, error) => {
    expect(verdict(status, error)).toBe('delivered')
  })

  test.each([
    [429, 'rejected_execution_exception', 'rejected execution of primary operation', 'OPENSEARCH_BUSY', 'outage'],
    [429, 'circuit_breaking_exception', 'Data too large', 'OPENSEARCH_BUSY', 'outage'],
    [503, 'unavailable_shards_exception', 'primary shard is not active', 'OPENSEARCH_BUSY', 'outage'],
    [429, 'cluster_block_exception', 'flood-stage watermark', 'OPENSEARCH_DISK_FULL', 'outage'],
    [503, 'cluster_block_exception', 'no cluster manager', 'OPENSEARCH_BLOCKED', 'outage'],
    [403, 'cluster_block_exception', 'FORBIDDEN/8/index write (api)', 'OPENSEARCH_BLOCKED', 'outage'],
    [403, 'cluster_block_exception', 'FORBIDDEN/5/index read-only (api)', 'OPENSEARCH_BLOCKED', 'configuration'],
    [
      403,
      'security_exception',
      'no permissions for [indices:data/write/index]',
      'OPENSEARCH_FORBIDDEN',
      'configuration',
    ],
    [404, 'index_not_found_exception', 'no such index [latest]', 'OPENSEARCH_INDEX_MISSING', 'configuration'],
    [400, 'index_closed_exception', 'closed', 'OPENSEARCH_INDEX_MISSING', 'configuration'],
    [
      400,
      'illegal_argument_exception',
      'no write index is defined for alias',
      'OPENSEARCH_INDEX_UNFIT',
      'configuration',
    ],
    [
      400,
      'illegal_argument_exception',
      'only write ops with an op_type of create are allowed in data streams',
      'OPENSEARCH_INDEX_UNFIT',
      'configuration',
    ],
    [
      400,
      'illegal_argument_exception',
      'Limit of total fields [1000] has been exceeded',
      'OPENSEARCH_INDEX_UNFIT',
      'configuration',
    ],
    [
      400,
      'illegal_argument_exception',
      'pipeline with id [x] does not exist',
      'OPENSEARCH_INDEX_UNFIT',
      'configuration',
    ],
    [
      400,
      'illegal_argument_exception',
      'Document ID is not supported in create/index operation request',
      'OPENSEARCH_INDEX_UNFIT',
      'configuration',
    ],
    [
      400,
      'validation_exception',
      'this cluster currently has [8]/[1] maximum shards open',
      'OPENSEARCH_INDEX_UNFIT',
      'configuration',
    ],
  ])('of status %i, %s (%s), is %s: no fault of the document', (status, type, reason, code, fault) => {
    expect(verdict(status, { type, reason })).toMatchObject({ code, fault, retryable: true })
  })

  test.each([
    [400, 'mapper_parsing_exception', 'failed to parse', 'OPENSEARCH_DOCUMENT_REFUSED'],
    [
      400,
      'strict_dynamic_mapping_exception',
      'dynamic introduction of [x] is not allowed',
      'OPENSEARCH_DOCUMENT_REFUSED',
    ],
    [400, 'illegal_argument_exception', 'Document contains at least one immense term', 'OPENSEARCH_DOCUMENT_REFUSED'],
    [413, 'illegal_argument_exception', 'too large', 'OPENSEARCH_DOCUMENT_TOO_LARGE'],
  ])('of status %i, %s (%s), is final', (status, type, reason, code) => {
    expect(verdict(status, { type, reason })).toMatchObject({ code, retryable: false })
  })

  test.each([
    [500, { type: 'null_pointer_exception', reason: '' }],
    [409, { type: 'something_else', reason: '' }],
    [404, { type: 'shard_not_found_exception', reason: '' }],
    [200, { type: 'odd', reason: 'an error beside success' }],
    [500, undefined],
  ])('of status %i with %j may succeed another time, and counts against the document', (status, error) => {
    expect(verdict(status, error)).toMatchObject({ code: 'OPENSEARCH_ITEM_FAILED', retryable: true, fault: undefined })
  })

  test('says what the cluster said, with its cause and without our secrets', () => {
    const cause = { type: 'number_format_exception', reason: 'For input string: CANARY' }
    const error = { type: 'mapper_parsing_exception', reason: 'failed to parse field [n]', caused_by: cause }
    expect(verdict(400, error)).toMatchObject({
      message: 'latest answered 400: mapper_parsing_exception: failed to parse field [n]: For input string: [secret]',
    })
  })
})

describe('a bulk answer', () => {
  test.each([
    ['text', 'Welcome'],
    ['nothing', undefined],
    ['null', null],
    ['an object without items', { errors: false }],
    ['too few items', { items: [{ index: { status: 201 } }] }],
    ['too many items', { items: [1, 2, 3].map(() => ({ index: { status: 201 } })) }],
    ['items that say nothing', { items: [{ index: { status: 201 } }, {}] }],
    ['items that are none', { items: [null, 'x'] }],
  ])('of %s says nothing about any document', (_, body) => {
    expect(() => readBulkAnswer(body, items, scrub)).toThrow(
      expect.objectContaining({ code: 'OPENSEARCH_ANSWER_UNREADABLE', retryable: true, fault: undefined }),
    )
  })
})
