import { expect, test } from 'vitest'
import { accountType, PRIORITIES, SEVERITIES, sibling, vendorSeverity, type Caption } from './captions.ts'

test('a number and its caption are written together', () => {
  expect(sibling('severity', SEVERITIES.high)).toEqual({ severity_id: 4, severity: 'High' })
})

test.for([
  ['unknown', 0, 'Unknown'],
  ['informational', 1, 'Informational'],
  ['low', 2, 'Low'],
  ['medium', 3, 'Medium'],
  ['high', 4, 'High'],
  ['critical', 5, 'Critical'],
] as const)('the severity %s is %i, %s', ([severity, id, caption]) => {
  expect(SEVERITIES[severity]).toEqual([id, caption])
})

test.for([
  ['P1', 4, 'Critical'],
  ['P2', 3, 'High'],
  ['P3', 2, 'Medium'],
  ['P4', 1, 'Low'],
] as const)('the priority %s is %i, %s', ([band, id, caption]) => {
  expect(PRIORITIES[band]).toEqual([id, caption])
})

test.for<[string, Caption]>([
  ['HIGH', [4, 'High']],
  ['informational', [1, 'Informational']],
  ['moderate', [99, 'moderate']],
  ['Other', [0, 'Unknown']],
])("the source's severity %s is %j", ([word, caption]) => {
  expect(vendorSeverity(word)).toEqual(caption)
})

test.for<[string, Caption]>([
  ['aws', [10, 'AWS Account']],
  ['AWS', [10, 'AWS Account']],
  ['gcp', [11, 'GCP Project']],
  ['azure', [13, 'Azure Subscription']],
  ['kubernetes', [99, 'Kubernetes Cluster']],
  ['github', [99, 'github account']],
])('an account of %s is %j', ([provider, caption]) => {
  expect(accountType(provider)).toEqual(caption)
})
