import { describe, expect, test } from 'vitest'
import { ec2, networkDocuments, ssh, type SampleNetwork } from '../../test/sample-network.ts'
import { sampleGraph, SAMPLE_TENANT, type SampleCoverage } from '../graph/sample-graph.ts'
import { exposureOf } from './exposure-of.ts'

const GROUP = ec2('security-group/sg-1')
const OPEN = { 'sg-1': [ssh('0.0.0.0/0')] }

function exposure(
  instances: SampleNetwork['instances'],
  { without = '', ...coverage }: SampleCoverage & { without?: string } = {},
) {
  const documents = [...networkDocuments({ groups: OPEN, instances })].filter(([uid]) => uid !== without)
  return exposureOf(
    sampleGraph(
      documents.map(([uid, document]) => ({ uid, document })),
      coverage,
    ),
    SAMPLE_TENANT,
    GROUP,
  )
}
const inside = { subnet: 'private', group: 'sg-1' } as const
const outside = { subnet: 'public', group: 'sg-1' } as const

describe('a security group', () => {
  test('is as exposed as the most exposed interface that has it, with the same proof', () => {
    const found = exposure({ 'batch-1': inside, 'web-1': outside })
    expect(found).toMatchObject({ value: 'internet_sensitive', certainty: 'certain', missing: [] })
    expect(found?.routes[0]?.hops.map(({ uid }) => uid)).toContain(GROUP)
    expect(found?.inputs.map(({ uid }) => uid)).toContain(GROUP)
  })

  test('that only closed interfaces have is closed, for the reasons of all of them', () => {
    const found = exposure({ 'batch-1': inside, 'batch-2': inside })
    expect(found?.value).toBe('internal')
    expect(found?.closedBy.length).toBeGreaterThan(1)
  })

  test('that nobody has is reached by nobody, once all interfaces are known', () => {
    expect(exposure({})).toMatchObject({
      value: 'none',
      certainty: 'certain',
      closedBy: [{ uid: GROUP, text: 'no network interface has security group sg-1' }],
    })
    expect(exposure({}, { covered: [] })).toMatchObject({
      value: undefined,
      missing: [expect.stringContaining('network interfaces of')],
    })
  })

  test('is unknown while one of its interfaces is, unless another is open to the internet', () => {
    const subnet = ec2('subnet/subnet-public')
    const partly = exposure({ 'batch-1': inside, 'web-1': outside }, { without: ec2('network-acl/acl-1') })
    expect(partly).toMatchObject({ value: undefined })
    expect(partly?.missing.length).toBeGreaterThan(0)
    expect(exposure({ 'web-1': outside }, { without: subnet, covered: [] })?.value).not.toBe('none')
  })

  test('with many members is judged by some of them', () => {
    const many = (instance: typeof inside | typeof outside) =>
      Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`i-${index}`, instance]))
    expect(exposure(many(inside))).toMatchObject({
      value: undefined,
      missing: ['200 more network interfaces of sg-1'],
    })
    expect(exposure(many(outside))).toMatchObject({ value: 'internet_sensitive' })
  })
})
