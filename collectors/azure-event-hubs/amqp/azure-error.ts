import { asError, PipelineError, TransientError, type Fault } from '../../../core/errors.ts'
import type { Scrub } from '../scrub.ts'

/** What was asked, for messages: `the hub defender of contoso.servicebus.windows.net`. */
export interface AzureCall {
  readonly what: string
  readonly scrub: Scrub
}

/** What the SDK's errors have of use, none of it certain. */
interface Thrown extends Error {
  readonly code?: unknown
  readonly statusCode?: unknown
}

/** By what is known of it, what it is and how it is mended; the first that fits. */
interface Meaning {
  readonly fits: RegExp
  readonly code: string
  readonly fault: Fault
  readonly remedy: string
}

const SIGN_IN: Meaning = {
  fits: /\b((CredentialUnavailable|AuthenticationRequired|AggregateAuthentication|Authentication)Error|AADSTS\d+)\b|Failed to get token/,
  code: 'EVENT_HUBS_CREDENTIALS',
  fault: 'configuration',
  remedy: 'Entra ID gives no token; check identity, or what the Azure SDK is to find',
}
const NO_HOST: Meaning = {
  fits: /\bE(NOTFOUND|PROTO)\b|\bERR_TLS_|\bCERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_/i,
  code: 'EVENT_HUBS_UNREACHABLE',
  fault: 'configuration',
  remedy: 'check the name of the namespace, the network and certificates; where port 5671 is blocked, set webSockets',
}

const HUB_MEANINGS: readonly Meaning[] = [
  SIGN_IN,
  {
    fits: /\bServerBusyError\b|\bserver-busy\b|QuotaExceededError|throttled/i,
    code: 'EVENT_HUBS_THROTTLED',
    fault: 'outage',
    remedy: 'the namespace has too little throughput for all that use it; it is tried again',
  },
  {
    fits: /InvalidSignature|InvalidIssuer|InvalidAudience|ExpiredToken|TokenExpired|MalformedToken|token (is|has) (invalid|expired)|invalid signature|put-?token failed|auth-failed/i,
    code: 'EVENT_HUBS_CREDENTIALS',
    fault: 'configuration',
    remedy: "Azure does not take the key or token; check the connection string or identity, and this machine's clock",
  },
  {
    fits: /\bUnauthorizedError\b|Unauthorized access|status-code: 40[13]\b/i,
    code: 'EVENT_HUBS_ACCESS_DENIED',
    fault: 'configuration',
    remedy: 'grant "Azure Event Hubs Data Receiver" on the hub, or use a policy with Listen',
  },
  {
    fits: /\bMessagingEntityNotFoundError\b|could not be found|\bMessagingEntityDisabledError\b/i,
    code: 'EVENT_HUBS_NOT_FOUND',
    fault: 'configuration',
    remedy: 'there is no such hub or consumer group, or it is disabled; check eventHub and consumerGroup',
  },
  {
    fits: /offset .*invalid|last offset in the system|\bArgument(OutOfRange)?Error\b/i,
    code: 'EVENT_HUBS_POSITION',
    fault: 'configuration',
    remedy:
      'it does not take the position at which reading is to begin; if the hub was made anew, delete the blobs of this consumer group in the container',
  },
  NO_HOST,
]

const STORE_MEANINGS: readonly Meaning[] = [
  SIGN_IN,
  {
    fits: /ContainerNotFound|container does not exist|\bResourceNotFound\b|status 404\b/i,
    code: 'CHECKPOINTS_NOT_FOUND',
    fault: 'configuration',
    remedy: 'create the container, or correct checkpoints.container',
  },
  {
    fits: /connection ?string|AccountKey|AuthenticationFailed|failed to authenticate|InvalidAuthenticationInfo|NoAuthenticationInformation|status 401\b/i,
    code: 'CHECKPOINTS_CREDENTIALS',
    fault: 'configuration',
    remedy: "Azure does not take the key or token of the storage account; check it, and this machine's clock",
  },
  {
    fits: /Authorization(Failure|PermissionMismatch)|not authorized|InsufficientAccountPermissions|AccountIsDisabled|status 403\b/i,
    code: 'CHECKPOINTS_ACCESS_DENIED',
    fault: 'configuration',
    remedy:
      'grant "Storage Blob Data Contributor" on the container, and let this network through the firewall of the storage account',
  },
  { ...NO_HOST, code: 'CHECKPOINTS_UNREACHABLE', remedy: 'check checkpoints, the network and certificates' },
]

/**
 * Anything that the client of a hub threw, as a TransientError without our secrets: what Azure refuses stands in the
 * configuration, or in Azure's, so that it can be mended while we wait (`EVENT_HUBS_NOT_FOUND`, `_ACCESS_DENIED`,
 * `_CREDENTIALS`, `_POSITION`); what passes by itself is an outage (`EVENT_HUBS_THROTTLED`, `_UNREACHABLE`).
 */
export function hubError(thrown: unknown, call: AzureCall): PipelineError {
  return told(thrown, call, HUB_MEANINGS, 'EVENT_HUBS_UNREACHABLE')
}

/** The same of what the client of the checkpoints' container threw (`CHECKPOINTS_…`). */
export function checkpointError(thrown: unknown, call: AzureCall): PipelineError {
  return told(thrown, call, STORE_MEANINGS, 'CHECKPOINTS_UNREACHABLE')
}

function told(thrown: unknown, { what, scrub }: AzureCall, meanings: readonly Meaning[], other: string): PipelineError {
  if (thrown instanceof PipelineError) return thrown
  const error = lastOf(asError(thrown))
  const known = knownOf(error)
  const said = scrub(error.message.replace(LISTING, '')) || error.name
  // The SDK's errors hold requests with their headers: only their words go on.
  const cause = Object.assign(new Error(said), { name: error.name, stack: undefined })
  const meaning = meanings.find(({ fits }) => fits.test(known))
  if (meaning === undefined)
    return new TransientError(other, `${what} cannot be reached (${said})`, { fault: 'outage', cause })
  const { code, fault, remedy } = meaning
  return new TransientError(code, `${what}: ${remedy} (${said})`, { fault, cause })
}

/** The SDK turns what a listing threw into the second line of a text. */
const LISTING = /^Error occurred while fetching the list of blobs\. *\n(RestError: )?/

/** Of several attempts the last; what the SDK tried at several addresses counts as one. */
function lastOf(error: Error): Thrown {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return error
  return lastOf(asError(error.errors.at(-1)))
}

function knownOf({ name, message, code, statusCode, cause }: Thrown): string {
  const of = cause instanceof Error ? `${cause.name} ${String((cause as Thrown).code)} ${cause.message}` : ''
  return `${name} ${String(code)} status ${String(statusCode)} ${message} ${of}`
}
