import { describe, expect, test } from 'vitest'
import { functionDocument } from './function-document.ts'
import { functions } from './functions.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'

const EC2 = 'arn:aws:ec2:eu-west-1:111122223333'
const UID = 'arn:aws:lambda:eu-west-1:111122223333:function:f'
const OWN_URL = { AuthType: 'NONE', FunctionUrl: 'https://own.example', CreationTime: '2026-11-25T22:58:58.000+0000' }
const NONE = () => thrown('ResourceNotFoundException')
const LISTED = { ListFunctionsCommand: () => ({ Functions: [{ FunctionArn: UID, Role: 'arn:aws:iam::1:role/f' }] }) }
const BARE = { ...LISTED, GetFunctionUrlConfigCommand: NONE, GetPolicyCommand: NONE }

async function documentWith(answers: ConstructorParameters<typeof SampleCalls>[0]) {
  const [found, ...others] = await describedBy(functions, new SampleCalls({ ...BARE, ...answers }))
  expect(others).toEqual([])
  return found && 'document' in found ? found.document : found
}

describe('functions', () => {
  test('without URL, policy and network say so', async () => {
    expect(await documentWith({})).toEqual({
      type: 'AWS::Lambda::Function',
      role: 'arn:aws:iam::1:role/f',
      subnets: [],
      groups: [],
      url: null,
      policy: null,
      tags: [],
    })
  })

  test('have their URL with its age, their policy, and the network that they are in', async () => {
    const configuration = {
      FunctionArn: `${UID}:$LATEST`,
      VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    }
    const calls = new SampleCalls({
      ListFunctionsCommand: ({ Marker }) =>
        Marker === undefined ? { Functions: [configuration], NextMarker: 'm' } : { Functions: [{}] },
      GetFunctionUrlConfigCommand: () => OWN_URL,
      GetPolicyCommand: () => ({ Policy: '{"Statement":[]}' }),
      ListTagsCommand: () => ({ Tags: { team: 'web' } }),
    })
    expect(await describedBy(functions, calls)).toEqual([
      {
        uid: UID,
        document: {
          type: 'AWS::Lambda::Function',
          vpc: `${EC2}:vpc/vpc-1`,
          subnets: [`${EC2}:subnet/subnet-1`],
          groups: [`${EC2}:security-group/sg-1`],
          url: { authType: 'NONE', createdAt: Date.UTC(2026, 10, 25, 22, 58, 58) },
          policy: '{"Statement":[]}',
          tags: [{ name: 'team', value: 'web' }],
        },
      },
      { refused: ['AWS::Lambda::Function'], reason: expect.any(String) },
    ])
  })

  test('that may not be asked say what was refused', async () => {
    const denied = () => thrown('AccessDenied')
    expect(await documentWith({ GetFunctionUrlConfigCommand: denied, GetPolicyCommand: denied })).toMatchObject({
      refused: { url: expect.stringMatching(/GetFunctionUrlConfig/), policy: expect.stringMatching(/GetPolicy/) },
    })
    expect(await documentWith({ ListAliasesCommand: denied })).toMatchObject({
      refused: { url: expect.stringMatching(/ListAliases/) },
    })
  })

  test('an alias with a URL of its own makes that of the function only a part of the truth', async () => {
    const aliases = { ListAliasesCommand: () => ({ Aliases: [{ Name: 'prod' }] }) }
    const other = await documentWith({
      ...aliases,
      GetFunctionUrlConfigCommand: ({ Qualifier }) =>
        Qualifier === 'prod' ? { ...OWN_URL, FunctionUrl: 'https://prod.example' } : NONE(),
    })
    expect(other).not.toHaveProperty('url')
    expect(other).toMatchObject({ refused: { url: expect.stringMatching(/prod/) } })
    expect(await documentWith(aliases)).toMatchObject({ url: null })
    expect(await documentWith({ ...aliases, GetFunctionUrlConfigCommand: () => OWN_URL })).toMatchObject({
      url: { authType: 'NONE' },
    })
  })
})

test('an answer without anything in it is a document without more than that', () => {
  const nothing = { value: {} }
  const answers = { url: nothing, urlsOfAliases: { value: [] }, policy: nothing, tags: { absent: 'x' } }
  const document = functionDocument({}, answers, new SampleCalls())
  expect(valid({ uid: UID, document }).document).toEqual({ type: 'AWS::Lambda::Function', subnets: [], groups: [] })
})
