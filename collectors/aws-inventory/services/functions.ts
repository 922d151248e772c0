import type * as Aws from '@aws-sdk/client-lambda'
import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, textOf } from './facts.ts'
import { functionDocument, type AliasUrl } from './function-document.ts'
import { functionUid } from './function-uid.ts'
import { attemptAll, concurrently, pages } from './listing.ts'

type Sdk = typeof Aws

/** Lambda says it of a URL and of a policy that there is none, and of a function that has gone: that one is no more to be had. */
const NONE = ['ResourceNotFoundException']
const PAGE_SIZE = 50

/** Functions as they are unpublished, with their URLs and policies. */
export const functions: Describer = {
  name: 'lambda-functions',
  service: 'lambda',
  types: ['AWS::Lambda::Function'],
  scope: 'regional',
  permissions: [
    'lambda:ListFunctions',
    'lambda:ListAliases',
    'lambda:GetFunctionUrlConfig',
    'lambda:GetPolicy',
    'lambda:ListTags',
  ],
  changedBy:
    /^((Create|Delete)Function|UpdateFunctionConfiguration|(Create|Update|Delete)(FunctionUrlConfig|Alias)|(Add|Remove)Permission|(Tag|Untag)Resource)$/,
  describe: describeFunctions,
}

async function* describeFunctions(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-lambda')
  const client = () => calls.client('lambda', (options) => new sdk.LambdaClient(options))
  const list = (Marker: string | undefined) =>
    calls.send('lambda:ListFunctions', async (options) =>
      client().send(new sdk.ListFunctionsCommand({ Marker, MaxItems: PAGE_SIZE }), options),
    )
  for await (const { Functions = [] } of pages(list, ({ NextMarker }) => NextMarker))
    yield* concurrently(Functions, async (each) => describeFunction(sdk, client, calls, each))
}

async function describeFunction(
  sdk: Sdk,
  client: () => LambdaClient,
  calls: Calls,
  configuration: FunctionConfiguration,
): Promise<Described> {
  const arn = textOf(configuration.FunctionArn)
  if (arn === undefined) return described(undefined, { type: 'AWS::Lambda::Function' })
  const uid = functionUid(arn)
  const [url, urlsOfAliases, policy, tags] = await Promise.all([
    urlConfig(sdk, client, calls, uid),
    urlsOfAliasesOf(sdk, client, calls, uid),
    calls.attempt(
      'lambda:GetPolicy',
      async (options) => client().send(new sdk.GetPolicyCommand({ FunctionName: uid }), options),
      NONE,
    ),
    calls.attempt(
      'lambda:ListTags',
      async (options) => client().send(new sdk.ListTagsCommand({ Resource: uid }), options),
      NONE,
    ),
  ])
  return described(uid, functionDocument(configuration, { url, urlsOfAliases, policy, tags }, calls))
}

async function urlConfig(sdk: Sdk, client: () => LambdaClient, calls: Calls, FunctionName: string, Qualifier?: string) {
  return calls.attempt(
    'lambda:GetFunctionUrlConfig',
    async (options) => client().send(new sdk.GetFunctionUrlConfigCommand({ FunctionName, Qualifier }), options),
    NONE,
  )
}

/** Refused, where it cannot be told of one of them. */
async function urlsOfAliasesOf(
  sdk: Sdk,
  client: () => LambdaClient,
  calls: Calls,
  FunctionName: string,
): Promise<Attempted<AliasUrl[]>> {
  const list = (Marker: string | undefined) =>
    calls.attempt(
      'lambda:ListAliases',
      async (options) => client().send(new sdk.ListAliasesCommand({ FunctionName, Marker }), options),
      NONE,
    )
  const aliases = await attemptAll(list, ({ Aliases, NextMarker }) => ({ items: Aliases, next: NextMarker }))
  if (!('value' in aliases)) return aliases
  const urls: AliasUrl[] = []
  for (const { Name } of aliases.value) {
    if (Name === undefined) continue
    const url = await urlConfig(sdk, client, calls, FunctionName, Name)
    if ('refused' in url) return url
    if ('value' in url) urls.push({ alias: Name, url: url.value.FunctionUrl })
  }
  return { value: urls }
}
