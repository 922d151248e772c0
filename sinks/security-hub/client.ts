import { SecurityHubClient, type SecurityHubClientConfig } from '@aws-sdk/client-securityhub'
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import type { Destination, SecurityHubConfig } from './config.ts'
import { OWN_NOTE_AUTHOR } from '../../schemas/security-hub-marks.ts'

/** What of a sink's configuration concerns the way to Security Hub. */
export type ClientConfig = Pick<SecurityHubConfig, 'endpoint' | 'stsEndpoint' | 'requestTimeoutMs'>

/** Long enough for the farthest region. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * A client that never tries again by itself: what to do after a failure is decided by who sends. Nothing is sent before
 * the first request, which also assumes the role; credentials are renewed before they end. Whoever made it must `destroy` it.
 */
export function securityHubClient(region: string, destination: Destination, config: ClientConfig): SecurityHubClient {
  const { endpoint, requestTimeoutMs } = config
  const settings: SecurityHubClientConfig = {
    region,
    ...(endpoint === undefined ? {} : { endpoint: inRegion(endpoint, region) }),
    maxAttempts: 1,
    customUserAgent: OWN_NOTE_AUTHOR,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: requestTimeoutMs },
  }
  if (destination.roleArn === undefined) return new SecurityHubClient(settings)
  return new SecurityHubClient({ ...settings, credentials: assumed(region, destination, config) })
}

type Credentials = NonNullable<SecurityHubClientConfig['credentials']>

function assumed(region: string, { roleArn, externalId }: Destination, config: ClientConfig): Credentials {
  const { stsEndpoint, requestTimeoutMs } = config
  return fromTemporaryCredentials({
    params: {
      RoleArn: roleArn!,
      RoleSessionName: OWN_NOTE_AUTHOR,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: {
      region,
      ...(stsEndpoint === undefined ? {} : { endpoint: inRegion(stsEndpoint, region) }),
      maxAttempts: 1,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: requestTimeoutMs },
    },
  })
}

function inRegion(endpoint: string, region: string): string {
  return endpoint.replaceAll('{region}', region)
}
