import { describe, expect, test } from 'vitest'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'
import { envelopeOf } from './envelope.ts'

const labels = { source: 'posture-stream', sourcetypePrefix: 'ocsf:' }

function finding(event: Record<string, unknown>): PostureFinding {
  const sample = sampleFinding('a', 12, { state: 'muted', priority: 'P1', cause: 'decision' })
  const changed = { ...sample.event, class_name: 'Compliance Finding', ...event }
  return { ...sample, event: changed, bytes: Buffer.from(JSON.stringify(changed)) }
}

const read = (event: Record<string, unknown>, more = {}): Record<string, unknown> =>
  JSON.parse(envelopeOf(finding(event), { ...labels, ...more }).toString()) as Record<string, unknown>

describe('an event for HEC', () => {
  test('says where it was found, by whom, and of which class it is', () => {
    expect(read({})).toMatchObject({
      host: '111122223333',
      source: 'posture-stream',
      sourcetype: 'ocsf:compliance_finding',
    })
    expect(read({}, { index: 'posture', sourcetypePrefix: 'acme:ocsf:' })).toMatchObject({
      index: 'posture',
      sourcetype: 'acme:ocsf:compliance_finding',
    })
    expect(read({})).not.toHaveProperty('index')
  })

  test.each<[object, string]>([
    [{ cloud: undefined, unmapped: { account: 'cluster-7' } }, 'cluster-7'],
    [{ cloud: undefined, metadata: { product: { name: 'Prowler' } } }, 'Prowler'],
    [{ cloud: { account: { uid: ' ' } }, metadata: {} }, 'posture-stream'],
    [{ cloud: null, metadata: 7 }, 'posture-stream'],
    [{ cloud: { account: { uid: 'x'.repeat(5000) } } }, 'x'.repeat(500)],
  ])('has a host also where there is no account: %#', (event, host) => {
    expect(read(event as Record<string, unknown>)['host']).toBe(host)
  })

  test('has fields that are flat texts', () => {
    expect(read({})['fields']).toEqual({
      finding_key: 'a',
      revision: '12',
      state: 'muted',
      priority: 'P1',
      cause: 'decision',
      tenant: 'acme',
    })
  })

  test.each<[unknown, string | undefined]>([
    [1764076800000, '1764076800.000'],
    [1764076800123, '1764076800.123'],
    [0, '0.000'],
    [999_999_999_999_999, '999999999999.999'],
    ['soon', undefined],
    [-1, undefined],
    [Number.MAX_VALUE, undefined],
  ])('has the time %j as plain seconds: %s', (time, expected) => {
    const text = envelopeOf(finding({ time }), labels).toString()
    expect(/^\{"time":([^,]+),/.exec(text)?.[1]).toBe(expected)
  })

  test.each([
    ['Data Security Finding', 'ocsf:data_security_finding'],
    ['  IAM/Analysis  ', 'ocsf:iam_analysis'],
    [undefined, 'ocsf:finding'],
    [7, 'ocsf:finding'],
    ['é', 'ocsf:finding'],
  ])('of the class %j has the sourcetype %s', (name, sourcetype) => {
    expect(read({ class_name: name })['sourcetype']).toBe(sourcetype)
  })

  test('holds the OCSF event byte for byte', () => {
    const bytes = Buffer.from('{ "a" : 1.50,\n "b": "\\u00e9 é \u{1F511}" }')
    const text = envelopeOf({ ...finding({}), bytes }, labels).toString()
    expect(text.endsWith(`,"event":${bytes.toString()}}\n`)).toBe(true)
    expect(JSON.parse(text)).toMatchObject({ event: { a: 1.5, b: 'é é \u{1F511}' } })
  })
})
