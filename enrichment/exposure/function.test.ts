import { describe, expect, test } from 'vitest'
import type { Exposure } from '../exposure.ts'
import { SAMPLE_TENANT, sampleGraph } from '../graph/sample-graph.ts'
import { functionExposure } from './function.ts'
import { OFFICE, OWNER, PARTNER, policyText } from './policy/sample-policies.ts'

const UID = `arn:aws:lambda:eu-west-1:${OWNER}:function:hello`
const OLD = Date.UTC(2025, 2)
const NEW = Date.UTC(2026, 2)

const url = {
  Sid: 'ByUrl',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunctionUrl',
  Resource: UID,
  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
}
const invoke = {
  Sid: 'Invoke',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunction',
  Resource: UID,
  Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
}

function exposureOf(document: Record<string, unknown>): Exposure {
  const graph = sampleGraph([{ uid: UID, document: { type: 'AWS::Lambda::Function', ...document } }])
  const asset = graph.asset(SAMPLE_TENANT, UID, 'AWS::Lambda::Function')
  if (asset === undefined) throw new Error('The sample graph does not know its function.')
  return functionExposure(graph, SAMPLE_TENANT, asset)
}
const open = (createdAt: number | undefined, ...statements: readonly unknown[]) =>
  exposureOf({
    url: { authType: 'NONE', ...(createdAt === undefined ? {} : { createdAt }) },
    policy: statements.length === 0 ? null : policyText(...statements),
  })

describe('a URL that asks for no signature', () => {
  test('is not anonymous for want of the second grant, and is once it is given', () => {
    const wanting = open(NEW, url)
    expect(wanting).toMatchObject({ value: 'none', certainty: 'certain', routes: [] })
    expect(wanting.closedBy[0]?.text).toBe(
      'function URL needs lambda:InvokeFunction granted to anyone too, and no statement of the policy does that',
    )
    const given = open(NEW, url, invoke)
    expect(given).toMatchObject({ value: 'internet', certainty: 'certain' })
    expect(given.routes[0]).toMatchObject({ from: 'internet', certainty: 'certain' })
  })

  test('made before October 2025 it needs only the first', () => {
    expect(open(OLD, url)).toMatchObject({ value: 'internet', certainty: 'certain' })
  })

  test('of an unknown age, or made while that changed, the first alone leaves it unknown', () => {
    for (const createdAt of [undefined, Date.UTC(2025, 9, 10)]) {
      const exposure = open(createdAt, url)
      expect(exposure.value).toBeUndefined()
      expect(exposure.missing).toContain(`when the URL of ${UID} was made`)
      expect(open(createdAt, url, invoke)).toMatchObject({ value: 'internet', certainty: 'certain' })
    }
  })

  test('is closed without any grant, and by one that asks for a signature', () => {
    expect(open(OLD).value).toBe('none')
    const signed = { ...url, Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } } }
    expect(open(OLD, signed).value).toBe('none')
    expect(open(OLD, { ...url, Principal: { AWS: PARTNER } }).value).toBe('none')
  })

  test('both grants must reach the same caller', () => {
    const office = { ...invoke, Condition: { ...invoke.Condition, IpAddress: { 'aws:SourceIp': OFFICE } } }
    expect(open(NEW, url, office)).toMatchObject({ value: 'internet_restricted', certainty: 'certain' })
  })

  test('a Deny closes either', () => {
    expect(open(NEW, url, invoke, { ...invoke, Effect: 'Deny', Condition: undefined }).value).toBe('none')
  })
})

test('a URL that asks for a signature answers the internet, to those who are permitted', () => {
  const exposure = exposureOf({ url: { authType: 'AWS_IAM', createdAt: NEW }, policy: null })
  expect(exposure).toMatchObject({ value: 'internet_restricted', certainty: 'certain' })
  const policy = policyText({ ...url, Condition: undefined }, invoke)
  expect(exposureOf({ url: { authType: 'AWS_IAM', createdAt: NEW }, policy }).value).toBe('internet')
})

test('without a URL, what may run it is its policy: every account, one, its own, or a gateway before it', () => {
  const by = (changes: Record<string, unknown>) =>
    exposureOf({ url: null, policy: policyText({ ...invoke, Condition: undefined, ...changes }) }).value
  expect(by({})).toBe('internet')
  expect(by({ Condition: invoke.Condition })).toBe('none')
  expect(by({ Principal: { AWS: PARTNER } })).toBe('cross_boundary')
  expect(by({ Principal: { AWS: OWNER } })).toBe('none')
  expect(by({ Principal: { Service: 's3.amazonaws.com' } })).toBe('none')
  expect(by({ Principal: { Service: 'apigateway.amazonaws.com' } })).toBeUndefined()
})

test('what is not known is missing, by its name', () => {
  expect(exposureOf({ policy: null })).toMatchObject({ value: undefined, missing: [`URL of ${UID}`] })
  expect(exposureOf({ url: null })).toMatchObject({ value: undefined, missing: [`policy of ${UID}`] })
  expect(exposureOf({ url: null, policy: null })).toMatchObject({ value: 'none', certainty: 'certain' })
})
