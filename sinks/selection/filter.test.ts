import { expect, test } from 'vitest'
import { Filter, type SinkFilter } from './filter.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'

const bucket = sampleFinding('bucket', 1, { account: '111122223333', control: 'S3.2', priority: 'P2' })

/** A finding about something that is in no cloud, without a control in its metadata. */
const repository = changed(bucket, {
  class_uid: 2002,
  severity: 'Low',
  cloud: undefined,
  compliance: undefined,
  metadata: { event_code: 'CKV_GIT_1' },
  unmapped: { account: 'Acme/Website', region: 'us-west-2' },
  resources: [{ type: 'Repository' }, { type: 'Branch', region: 'nowhere' }],
})

function changed(finding: PostureFinding, event: Readonly<Record<string, unknown>>): PostureFinding {
  return { ...finding, event: { ...finding.event, ...event } }
}

test.for<[SinkFilter, bucketFits: boolean, repositoryFits: boolean]>([
  [{}, true, true],
  [{ priority: ['P1', 'P2'] }, true, true],
  [{ priority: ['P1'] }, false, false],
  [{ state: ['open'] }, true, true],
  [{ state: ['muted', 'resolved'] }, false, false],
  [{ severity: ['High', 'Critical'] }, true, false],
  [{ severity: ['Low'] }, false, true],
  [{ account: ['111122223333'] }, true, false],
  [{ account: ['11112222333'] }, false, false],
  [{ account: ['1111*'] }, true, false],
  [{ account: ['*3333', 'acme/*'] }, true, true],
  [{ account: ['11112222333?'] }, true, false],
  [{ account: ['11112222333??'] }, false, false],
  [{ region: ['eu-*'] }, true, false],
  [{ region: ['us-west-2'] }, false, true],
  [{ region: ['nowhere'] }, false, true],
  [{ resourceType: ['AwsS3*'] }, true, false],
  [{ resourceType: ['branch'] }, false, true],
  [{ class: [2003] }, true, false],
  [{ class: ['compliance_finding'] }, true, false],
  [{ class: ['vulnerability_finding', 2004] }, false, true],
  [{ control: ['S3.2'] }, true, false],
  [{ control: ['S3?2'] }, true, false],
  [{ control: ['S302'] }, false, false],
  [{ control: ['ckv_*', 'S3.[2]'] }, false, true],
  [{ control: ['(S3.2)', 'S3.2|x', '^S3.2$', 'S3\\.2'] }, false, false],
  [{ priority: ['P2'], account: ['1*'], control: ['S3.*'] }, true, false],
  [{ priority: ['P2'], account: ['1*'], control: ['EC2.*'] }, false, false],
])('%j lets a bucket’s finding through: %s, a repository’s: %s', ([filter, bucketFits, repositoryFits]) => {
  const subject = new Filter(filter)
  expect([subject.fits(bucket), subject.fits(repository)]).toEqual([bucketFits, repositoryFits])
})

test('an event in which nothing stands where it is looked for fits no list', () => {
  const odd = { ...bucket, event: { resources: 'none', cloud: null, metadata: 5 } }
  const filters: SinkFilter[] = [{ account: ['*'] }, { region: ['*'] }, { resourceType: ['*'] }, { control: ['*'] }]
  expect(filters.map((filter) => new Filter(filter).fits(odd))).toEqual([false, false, false, false])
})

test.for<[SinkFilter, PostureFinding['state'], boolean]>([
  [{ priority: ['P2'] }, 'open', true],
  [{ priority: ['P2'] }, 'muted', true],
  [{ priority: ['P2'] }, 'resolved', false],
  [{ priority: ['P1'] }, 'gone', false],
  [{ state: ['open'] }, 'resolved', false],
  [{ state: ['open', 'resolved'] }, 'resolved', false],
  [{ state: ['resolved'] }, 'resolved', true],
  [{ state: ['resolved'] }, 'gone', false],
  [{ state: ['muted', 'gone'], priority: ['P1'] }, 'gone', true],
])('with %j one that was delivered as %s is told of further: %s', ([filter, state, keepsTelling]) => {
  expect(new Filter(filter).keepsTelling(state)).toBe(keepsTelling)
})
