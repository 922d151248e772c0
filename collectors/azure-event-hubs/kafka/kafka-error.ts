import { PipelineError, TransientError, type Fault } from '../../../core/errors.ts'
import { failuresIn, type KafkaFailure } from '../../../core/kafkajs/failure.ts'
import type { Scrub } from '../scrub.ts'

/** Our code, whose turn it is, and what to do. */
type Meaning = readonly [code: string, fault: Fault | undefined, sentence: string]

const CREDENTIALS: Meaning = [
  'EVENT_HUBS_CREDENTIALS',
  'configuration',
  'the namespace does not take who we say we are; check connectionString or identity, that it allows keys (local authentication) where a connection string is used, and that its tier is Standard or higher',
]
const ACCESS_DENIED: Meaning = [
  'EVENT_HUBS_ACCESS_DENIED',
  'configuration',
  'grant "Azure Event Hubs Data Receiver" on the hub, or use a policy with Listen',
]
const NOT_FOUND: Meaning = [
  'EVENT_HUBS_NOT_FOUND',
  'configuration',
  'there is no such hub, or it is hidden from us; check eventHub and the namespace',
]
const THROTTLED: Meaning = [
  'EVENT_HUBS_THROTTLED',
  'outage',
  'the namespace has too little throughput for all that use it; it is tried again',
]
const UNREACHABLE: Meaning = [
  'EVENT_HUBS_UNREACHABLE',
  'outage',
  'no connection; check the namespace, the network, and that nothing keeps port 9093 shut',
]
const NO_HOST: Meaning = [
  'EVENT_HUBS_UNREACHABLE',
  'configuration',
  'check the name of the namespace, the network and certificates (kafka.ca)',
]
const NO_ANSWER: Meaning = ['EVENT_HUBS_UNREACHABLE', 'outage', 'it does not answer; it is tried again']
const MOVING: Meaning = ['EVENT_HUBS_UNREACHABLE', 'outage', 'the namespace is moving the hub; it is tried again']
const MOVED: Meaning = ['EVENT_HUBS_MOVED', undefined, 'the readers share out the partitions anew; it is tried again']
const GROUP: Meaning = [
  'EVENT_HUBS_GROUP_IN_USE',
  'configuration',
  'readers of another kind are in the consumer group; give this collector one of its own',
]
const SESSION: Meaning = [
  'EVENT_HUBS_SETTINGS',
  'configuration',
  'claimSeconds lies outside what the other side allows',
]
const FAILED: Meaning = ['EVENT_HUBS_UNREACHABLE', 'outage', 'the namespace or its client failed; it is tried again']

/** By the protocol's name of an error (kafka.apache.org/protocol#protocol_error_codes). */
const BY_TYPE: Readonly<Record<string, Meaning>> = {
  SASL_AUTHENTICATION_FAILED: CREDENTIALS,
  UNSUPPORTED_SASL_MECHANISM: CREDENTIALS,
  ILLEGAL_SASL_STATE: CREDENTIALS,
  TOPIC_AUTHORIZATION_FAILED: ACCESS_DENIED,
  GROUP_AUTHORIZATION_FAILED: ACCESS_DENIED,
  CLUSTER_AUTHORIZATION_FAILED: ACCESS_DENIED,
  UNKNOWN_TOPIC_OR_PARTITION: NOT_FOUND,
  INVALID_TOPIC_EXCEPTION: NOT_FOUND,
  LEADER_NOT_AVAILABLE: MOVING,
  NOT_LEADER_FOR_PARTITION: MOVING,
  REPLICA_NOT_AVAILABLE: MOVING,
  BROKER_NOT_AVAILABLE: MOVING,
  NETWORK_EXCEPTION: MOVING,
  REQUEST_TIMED_OUT: NO_ANSWER,
  GROUP_LOAD_IN_PROGRESS: MOVING,
  GROUP_COORDINATOR_NOT_AVAILABLE: MOVING,
  NOT_COORDINATOR_FOR_GROUP: MOVING,
  REBALANCE_IN_PROGRESS: MOVED,
  ILLEGAL_GENERATION: MOVED,
  UNKNOWN_MEMBER_ID: MOVED,
  INVALID_SESSION_TIMEOUT: SESSION,
  INCONSISTENT_GROUP_PROTOCOL: GROUP,
  POLICY_VIOLATION: THROTTLED,
  THROTTLING_QUOTA_EXCEEDED: [
    'EVENT_HUBS_THROTTLED',
    'outage',
    'the throughput of the namespace is used up; it is tried again',
  ],
}

/** By the class of a kafkajs error that no protocol error explains. */
const BY_NAME: Readonly<Record<string, Meaning>> = {
  KafkaJSSASLAuthenticationError: CREDENTIALS,
  KafkaJSConnectionError: UNREACHABLE,
  KafkaJSConnectionClosedError: UNREACHABLE,
  KafkaJSRequestTimeoutError: NO_ANSWER,
  KafkaJSLockTimeout: NO_ANSWER,
  KafkaJSBrokerNotFound: MOVING,
  KafkaJSMetadataNotLoaded: MOVING,
  KafkaJSNoBrokerAvailableError: UNREACHABLE,
  KafkaJSTopicMetadataNotLoaded: NOT_FOUND,
  // kafkajs asks every broker and keeps none of the answers.
  KafkaJSGroupCoordinatorNotFound: [
    'EVENT_HUBS_ACCESS_DENIED',
    'configuration',
    'nobody answers for the consumer group; either the namespace is moving it, or we may not read with it (the right Listen, the role Azure Event Hubs Data Receiver)',
  ],
  // What kafkajs runs into when nobody answered a request for metadata.
  TypeError: NO_ANSWER,
}

const NO_HOST_CODES =
  /^(ENOTFOUND$|ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA)/

/**
 * Whatever kafkajs threw, as a TransientError without our secrets: what is refused stands in the configuration, or in
 * Azure's, so that it can be mended while we wait. `what` begins the sentence. Our own errors and aborts pass unchanged.
 */
export function kafkaError(thrown: unknown, what: string, scrub: Scrub): Error {
  const chain = failuresIn(thrown)
  const known = chain.find((error) => error instanceof PipelineError || error.name === 'AbortError')
  if (known !== undefined) return known
  const decisive = chain.find((error) => meaningOf(error) !== undefined) ?? chain.at(-1)!
  const [code, fault, remedy] = meaningOf(decisive) ?? FAILED
  const { type, name } = decisive
  const said =
    scrub([type, decisive.message].filter((part) => typeof part === 'string' && part !== '').join(': ')) || name
  const cause = Object.assign(new Error(said), { name, stack: undefined })
  return new TransientError(code, `${what}: ${remedy} (${said})`, { fault, cause })
}

/** By which kafkajs knows that the group has to be joined anew; nothing can be committed before. */
const REJOINED = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR_FOR_GROUP']

/** Whether the group has given this reader's partitions away, or is about to, or is kept elsewhere now. */
export function hasMoved(error: unknown): boolean {
  return failuresIn(error).some(({ type }) => typeof type === 'string' && REJOINED.includes(type))
}

function meaningOf({ type, code, name }: KafkaFailure): Meaning | undefined {
  if (typeof type === 'string' && BY_TYPE[type] !== undefined) return BY_TYPE[type]
  if (typeof code === 'string' && NO_HOST_CODES.test(code)) return NO_HOST
  return BY_NAME[name]
}
