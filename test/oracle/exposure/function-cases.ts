import type { FunctionUrl } from '../../../schemas/generated/asset-document.ts'
import type { Case } from './base-world.ts'
import { lambda, PARTNER, regionSettings, uidOf } from './uids.ts'

const FUNCTION = lambda(1)
const BEFORE = Date.UTC(2025, 0)
const SINCE = Date.UTC(2025, 11)

const URLS: Readonly<Record<string, FunctionUrl | null | undefined>> = {
  none: null,
  'not read': undefined,
  'open, old': { authType: 'NONE', createdAt: BEFORE },
  'open, new': { authType: 'NONE', createdAt: SINCE },
  'open, of unknown age': { authType: 'NONE' },
  'signed, old': { authType: 'AWS_IAM', createdAt: BEFORE },
  'signed, new': { authType: 'AWS_IAM', createdAt: SINCE },
}

const grant = (Action: string, Condition?: object, Principal: unknown = '*'): object => ({
  Effect: 'Allow',
  Principal,
  Action,
  Resource: FUNCTION,
  ...(Condition ? { Condition } : {}),
})
const URL_GRANT = grant('lambda:InvokeFunctionUrl', { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } })
const SECOND_GRANT = grant('lambda:InvokeFunction', { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } })
const DENY = { Effect: 'Deny', Principal: '*', Action: 'lambda:*', Resource: FUNCTION }

const STATEMENTS: Readonly<Record<string, readonly object[] | null>> = {
  'no policy': null,
  'the first grant': [URL_GRANT],
  'the second grant': [SECOND_GRANT],
  'both grants': [URL_GRANT, SECOND_GRANT],
  'both grants, denied': [URL_GRANT, SECOND_GRANT, DENY],
  'both in one': [grant('lambda:*')],
  'the first for signed calls': [
    grant('lambda:InvokeFunctionUrl', { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } }),
  ],
  'both for a partner': [
    grant('lambda:InvokeFunctionUrl', undefined, { AWS: PARTNER }),
    grant('lambda:InvokeFunction', undefined, { AWS: PARTNER }),
  ],
}

/** Functions by their URL, its age and the grants of their policy. */
export function* functionCases(): Generator<Case> {
  for (const [url, document] of Object.entries(URLS))
    for (const [granted, statements] of Object.entries(STATEMENTS))
      yield {
        name: `function: URL ${url}, ${granted}`,
        uid: FUNCTION,
        assets: [
          {
            uid: FUNCTION,
            document: {
              type: 'AWS::Lambda::Function',
              ...(document === undefined ? {} : { url: document }),
              policy: statements ? JSON.stringify({ Version: '2012-10-17', Statement: statements }) : null,
            },
          },
        ],
      }
}

const SHARED = ['AWS::EC2::Snapshot', 'AWS::EC2::Image', 'AWS::RDS::DBSnapshot', 'AWS::RDS::DBClusterSnapshot'] as const

/** What is handed on as a whole: to everybody, to an account, to nobody; under every block of the region. */
export function* sharingCases(): Generator<Case> {
  for (const type of SHARED)
    for (const open of [true, false, undefined])
      for (const sharedWith of [[], [PARTNER], undefined])
        for (const snapshotBlock of ['unblocked', 'block-new-sharing', 'block-all-sharing', undefined] as const) {
          const uid = uidOf(type, 1)
          yield {
            name: `${type} public ${open}, shared with ${sharedWith?.join(' ')}, block ${snapshotBlock}`,
            uid,
            assets: [
              {
                uid,
                document: {
                  type,
                  ...(open === undefined ? {} : { public: open }),
                  ...(sharedWith ? { sharedWith } : {}),
                },
              },
              {
                uid: regionSettings(),
                document: {
                  type: 'AWS::Account::RegionSettings',
                  imageBlock: 'block-new-sharing',
                  ...(snapshotBlock ? { snapshotBlock } : {}),
                },
              },
            ],
          }
        }
}
