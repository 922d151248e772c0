import { describe, expect, test } from 'vitest'
import type { Evidence } from '../evidence.ts'
import type { Exposure, Hop, Route } from '../exposure.ts'
import { exposureEnrichment, exposureMeaning } from './exposure-enrichment.ts'
import { exposureSentences, sentenceOf } from './exposure-words.ts'

const hop = (text: string): Hop => ({ uid: `arn:aws:ec2:eu-west-1:111122223333:${text}`, text })
const ssh: Route = {
  from: 'internet',
  protocol: 'tcp',
  ports: ['22'],
  hops: [hop('internet gateway igw-1'), hop('network ACL acl-1'), hop('sg-1 allows tcp 22 from 0.0.0.0/0')],
  certainty: 'certain',
}
const open: Exposure = {
  value: 'internet_sensitive',
  certainty: 'certain',
  routes: [ssh],
  closedBy: [],
  inputs: [{ uid: 'igw-1', version: 1 }],
  missing: [],
}
const closed: Exposure = {
  ...open,
  value: 'none',
  routes: [],
  closedBy: [hop('subnet-2 has no route to an internet gateway')],
}
const unknown: Exposure = {
  ...open,
  value: undefined,
  certainty: 'possible',
  routes: [],
  missing: ['NACLs of subnet-1'],
}
const many = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => of(index))

describe('the sentence of a proof', () => {
  test('says from where, to which port, through what', () => {
    expect(sentenceOf(open)).toBe(
      'Reachable from the internet on port 22: internet gateway igw-1, network ACL acl-1, sg-1 allows tcp 22 from 0.0.0.0/0.',
    )
  })

  test.each<[string, Exposure, string]>([
    ['what is in the way', closed, 'Not reachable from outside: subnet-2 has no route to an internet gateway.'],
    ['what would decide it', unknown, 'Who can reach it is not proved. Not known: NACLs of subnet-1.'],
    [
      'what is only possible',
      { ...open, certainty: 'possible', routes: [{ ...ssh, hops: [] }] },
      'Possibly reachable from the internet on port 22.',
    ],
    [
      'who may, and through which ports',
      {
        ...open,
        value: 'internet_restricted',
        routes: [{ ...ssh, from: '203.0.113.0/24', ports: ['22', '80-81'], hops: [] }],
      },
      'Reachable from the internet for some only (from 203.0.113.0/24) on ports 22, 80-81.',
    ],
    [
      'what may be done without signing in, and that there are more ways',
      { ...open, anonymous: 'read', routes: [{ ...ssh, ports: ['all'], hops: [hop('the policy')] }, ssh, ssh] },
      'Reachable from the internet on all ports and 2 other ways; anybody can read its data without signing in: the policy.',
    ],
    ['nothing more than it knows', { ...closed, closedBy: [] }, 'Not reachable from outside.'],
  ])('says %s', (_, proof, sentence) => {
    expect(sentenceOf(proof)).toBe(sentence)
  })

  test('is bounded, however much there is to say', () => {
    const hops = many(500, (index) => hop(`hop ${index} ${'x'.repeat(5000)}`))
    const ports = many(500, String)
    const missing = many(500, (index) => `document ${index} ${'y'.repeat(5000)}`)
    for (const proof of [
      { ...open, routes: [{ ...ssh, hops, ports }] },
      { ...unknown, missing },
      { ...closed, closedBy: hops },
    ])
      expect(sentenceOf(proof).length).toBeLessThan(2000)
    expect(sentenceOf({ ...unknown, missing })).toMatch(/ and 497 more\.$/)
  })

  test('is followed by what the source states otherwise', () => {
    const exposure: Evidence<'exposure'> = {
      value: 'none',
      certainty: 'certain',
      source: 'inventory',
      overruled: [{ value: 'internet', source: 'Prowler', evidence: ['control ec2_instance_public_ip'] }],
    }
    expect(exposureSentences(closed, { exposure })[1]).toBe(
      'Prowler states that the internet can reach it (control ec2_instance_public_ip); the inventory proves that nobody can reach it, and that counts.',
    )
    expect(exposureSentences(undefined, { exposure })).toEqual([])
  })
})

describe('the enrichment', () => {
  test('holds the proof, with the versions that it rests on', () => {
    expect(exposureEnrichment('uid', open, {})).toEqual({
      name: 'finding_info.uid',
      value: 'uid',
      type: 'exposure',
      provider: 'posture-stream',
      short_desc: sentenceOf(open),
      data: {
        value: 'internet_sensitive',
        certainty: 'certain',
        routes: [{ from: 'internet', protocol: 'tcp', ports: ['22'], certainty: 'certain', hops: ssh.hops }],
        inputs: [{ uid: 'igw-1', version: 1 }],
      },
    })
  })

  test('is bounded, and says how much it leaves out', () => {
    const hops = many(300, (index) => hop(`hop ${index}`))
    const proof: Exposure = {
      ...open,
      routes: many(300, () => ({ ...ssh, hops, ports: many(300, String) })),
      closedBy: hops,
      inputs: many(300, (index) => ({ uid: String(index), version: index })),
      missing: many(300, String),
    }
    const enrichment = exposureEnrichment('uid', proof, {})
    expect(JSON.stringify(enrichment).length).toBeLessThan(60_000)
    expect(enrichment['data']).toMatchObject({
      left_out: { routes: 295, closed_by: 284, inputs: 236, missing: 284 },
    })
  })

  test('an unknown exposure says so, and what is missing', () => {
    expect(exposureEnrichment('uid', unknown, {})['data']).toMatchObject({
      value: 'unknown',
      missing: ['NACLs of subnet-1'],
    })
  })
})

describe('what a proof means', () => {
  const meaning = (proof: Exposure): string => JSON.stringify(exposureMeaning(proof))

  test('is the same when only versions are others', () => {
    expect(meaning({ ...open, inputs: [{ uid: 'igw-1', version: 2 }] })).toBe(meaning(open))
  })

  test.each<[string, Partial<Exposure>]>([
    ['value', { value: 'internet' }],
    ['certainty', { certainty: 'possible' }],
    ['ports', { routes: [{ ...ssh, ports: ['22', '3389'] }] }],
    ['hops', { routes: [{ ...ssh, hops: [hop('internet gateway igw-2')] }] }],
    ['anonymous access', { anonymous: 'write' }],
    ['missing documents', { missing: ['anything'] }],
  ])('is another with another %s', (_, change) => {
    expect(meaning({ ...open, ...change })).not.toBe(meaning(open))
  })
})
