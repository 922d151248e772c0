import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'

/** Where and as whom a collector calls AWS. */
export interface AwsAccess {
  readonly region: string
  /** In place of the service's own address: a VPC endpoint. */
  readonly endpoint?: string | undefined
  /** The role to assume; without one, the credentials that the SDK finds. */
  readonly roleArn?: string | undefined
  readonly externalId?: string | undefined
  /** In place of the address of STS, which hands out the role's credentials. */
  readonly stsEndpoint?: string | undefined
}

const SESSION_NAME = 'posture-stream'
const CONNECT_MS = 10_000
const ANSWER_MS = 60_000

/**
 * What every client of the AWS SDK is made with. The SDK's own retries are off: pacing and back-off are ours, so that they
 * are one for all calls, end with the signal, and are told. Credentials of an assumed role renew themselves before they end.
 */
export function awsClientOptions({ region, endpoint, ...access }: AwsAccess) {
  const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true }
  const { roleArn } = access
  return {
    region,
    requestHandler,
    maxAttempts: 1,
    userAgentAppId: SESSION_NAME,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(roleArn === undefined ? {} : { credentials: assumed(roleArn, region, access) }),
  }
}

/** What a client is made with. */
export type AwsClientOptions = ReturnType<typeof awsClientOptions>

function assumed(RoleArn: string, region: string, { externalId, stsEndpoint }: Omit<AwsAccess, 'region'>) {
  return fromTemporaryCredentials({
    params: { RoleArn, RoleSessionName: SESSION_NAME, ...(externalId === undefined ? {} : { ExternalId: externalId }) },
    clientConfig: { region, maxAttempts: 1, ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }) },
  })
}
