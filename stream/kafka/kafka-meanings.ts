import { notesOf, type Fault } from '../../core/errors.ts'

interface Failure {
  readonly name: string
  /** The protocol's name of the error. */
  readonly type?: unknown
  readonly code?: unknown
}

/** Our code, whose turn it is (`record`: that one can never be written), and what to do. */
export type Meaning = readonly [code: string, fault: Fault | 'record' | undefined, sentence: string]

const UNREACHABLE: Meaning = [
  'KAFKA_UNREACHABLE',
  'outage',
  'no connection; check stream.brokers, the network, and that the broker runs',
]
const FAILING_OVER: Meaning = [
  'KAFKA_FAILING_OVER',
  'outage',
  'the cluster is electing a leader or coordinator; it is tried again',
]
const TOO_LARGE: Meaning = [
  'RECORD_TOO_LARGE',
  'record',
  "it is larger than the topic's max.message.bytes; compare the topics with: posture-stream topics plan",
]
const NOT_ALLOWED = 'KAFKA_NOT_ALLOWED'
const AUTHENTICATION: Meaning = [
  'KAFKA_AUTHENTICATION',
  'configuration',
  'the broker refuses who we say we are; check the user, the password and the mechanism under stream.sasl',
]
const UNKNOWN_TOPIC: Meaning = [
  'KAFKA_UNKNOWN_TOPIC',
  'configuration',
  'the topic is missing, or hidden from this user; create it with: posture-stream topics apply',
]
const REBALANCING: Meaning = [
  'KAFKA_REBALANCING',
  undefined,
  'the group is sharing out its partitions anew; it is tried again',
]
const FENCED: Meaning = [
  'KAFKA_FENCED',
  undefined,
  'another process has taken over, or the transaction took longer than the broker waits',
]

/** By the protocol's name of an error (kafka.apache.org/protocol#protocol_error_codes). */
const BY_TYPE: Readonly<Record<string, Meaning>> = {
  SASL_AUTHENTICATION_FAILED: AUTHENTICATION,
  UNSUPPORTED_SASL_MECHANISM: AUTHENTICATION,
  ILLEGAL_SASL_STATE: AUTHENTICATION,
  TOPIC_AUTHORIZATION_FAILED: allow('Describe, Read and Write on the topics with our prefix'),
  GROUP_AUTHORIZATION_FAILED: allow('Describe, Read and Delete on the groups with our prefix'),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: allow('Describe and Write on the transactional ids with our prefix'),
  CLUSTER_AUTHORIZATION_FAILED: allow('IdempotentWrite on the cluster'),
  UNKNOWN_TOPIC_OR_PARTITION: UNKNOWN_TOPIC,
  INVALID_TOPIC_EXCEPTION: [
    'KAFKA_TOPIC_NAME',
    'configuration',
    'the broker refuses the name of the topic; check stream.prefix',
  ],
  MESSAGE_TOO_LARGE: TOO_LARGE,
  RECORD_LIST_TOO_LARGE: TOO_LARGE,
  INVALID_RECORD: ['KAFKA_RECORD_REFUSED', 'record', 'the broker refuses what stands in it'],
  NOT_ENOUGH_REPLICAS: [
    'KAFKA_NOT_ENOUGH_REPLICAS',
    'outage',
    'fewer brokers hold the partition than min.insync.replicas asks for; bring the missing brokers back',
  ],
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: [
    'KAFKA_NOT_ENOUGH_REPLICAS',
    'outage',
    'fewer brokers hold the partition than min.insync.replicas asks for; bring the missing brokers back',
  ],
  KAFKA_STORAGE_ERROR: ['KAFKA_STORAGE', 'outage', "the broker cannot use its disk; see the broker's log"],
  LEADER_NOT_AVAILABLE: FAILING_OVER,
  NOT_LEADER_FOR_PARTITION: FAILING_OVER,
  FENCED_LEADER_EPOCH: FAILING_OVER,
  UNKNOWN_LEADER_EPOCH: FAILING_OVER,
  REPLICA_NOT_AVAILABLE: FAILING_OVER,
  BROKER_NOT_AVAILABLE: FAILING_OVER,
  NOT_CONTROLLER: FAILING_OVER,
  NETWORK_EXCEPTION: FAILING_OVER,
  REQUEST_TIMED_OUT: FAILING_OVER,
  GROUP_LOAD_IN_PROGRESS: FAILING_OVER,
  GROUP_COORDINATOR_NOT_AVAILABLE: FAILING_OVER,
  NOT_COORDINATOR_FOR_GROUP: FAILING_OVER,
  REBALANCE_IN_PROGRESS: REBALANCING,
  ILLEGAL_GENERATION: REBALANCING,
  UNKNOWN_MEMBER_ID: REBALANCING,
  INVALID_PRODUCER_EPOCH: FENCED,
  PRODUCER_FENCED: FENCED,
  INVALID_PRODUCER_ID_MAPPING: FENCED,
  INVALID_TXN_STATE: FENCED,
  INVALID_SESSION_TIMEOUT: [
    'KAFKA_SESSION_TIMEOUT',
    'configuration',
    "stream.sessionTimeoutMs lies outside the broker's group.min.session.timeout.ms to group.max.session.timeout.ms",
  ],
  INCONSISTENT_GROUP_PROTOCOL: [
    'KAFKA_GROUP_IN_USE',
    'configuration',
    'consumers of another kind are in the group; give this pipeline a stream.prefix of its own',
  ],
  POLICY_VIOLATION: ['KAFKA_REFUSED', 'configuration', "it breaks a policy of the cluster; see the broker's log"],
  INVALID_CONFIG: ['KAFKA_REFUSED', 'configuration', "the broker refuses a setting of the topic; see the broker's log"],
  INVALID_REPLICATION_FACTOR: [
    'KAFKA_REPLICATION',
    'configuration',
    'the cluster has fewer brokers than stream.replication asks for; lower it, or start more brokers',
  ],
  UNSUPPORTED_VERSION: ['KAFKA_UNSUPPORTED', 'configuration', 'the broker does not speak a version that we know'],
  THROTTLING_QUOTA_EXCEEDED: ['KAFKA_QUOTA', 'outage', 'a quota of the cluster is used up; it is tried again'],
}

/** By the class of a kafkajs error that no protocol error explains. */
const BY_NAME: Readonly<Record<string, Meaning>> = {
  KafkaJSSASLAuthenticationError: AUTHENTICATION,
  KafkaJSConnectionError: UNREACHABLE,
  KafkaJSConnectionClosedError: [
    'KAFKA_UNREACHABLE',
    'outage',
    'the broker closes the connection; does it expect TLS (stream.tls) or a login (stream.sasl)?',
  ],
  KafkaJSRequestTimeoutError: ['KAFKA_NO_ANSWER', 'outage', 'the broker does not answer; it is tried again'],
  KafkaJSLockTimeout: ['KAFKA_NO_ANSWER', 'outage', 'the broker does not answer; it is tried again'],
  KafkaJSBrokerNotFound: FAILING_OVER,
  KafkaJSMetadataNotLoaded: FAILING_OVER,
  KafkaJSStaleTopicMetadataAssignment: FAILING_OVER,
  KafkaJSTopicMetadataNotLoaded: UNKNOWN_TOPIC,
  // kafkajs asks every broker and keeps none of the answers.
  KafkaJSGroupCoordinatorNotFound: [
    'KAFKA_NO_COORDINATOR',
    'outage',
    'no broker named the coordinator; either it is failing over, or this user lacks Describe on the group or transactional id',
  ],
  KafkaJSServerDoesNotSupportApiKey: [
    'KAFKA_UNSUPPORTED',
    'configuration',
    'the broker does not offer a request that we need',
  ],
  KafkaJSCreateTopicError: ['KAFKA_REFUSED', 'configuration', 'the broker refuses to create the topic'],
  // What kafkajs runs into when no broker at all answered a request for metadata.
  TypeError: ['KAFKA_NO_ANSWER', 'outage', 'no broker answers; it is tried again'],
}

const TLS_CODES =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA)/
const TLS: Meaning = [
  'KAFKA_TLS',
  'configuration',
  'TLS fails; check stream.tls (ca, certificate, key, serverName) and that the port expects TLS',
]
const DNS: Meaning = [
  'KAFKA_DNS',
  'configuration',
  'the name is not known; check stream.brokers and advertised.listeners',
]

/** What the codes of the stream on Kafka mean. */
export const kafkaErrors = {
  ...notesOf(
    [...Object.values(BY_TYPE), ...Object.values(BY_NAME), TLS, DNS].map(([code, , sentence]) => [code, sentence]),
  ),
  KAFKA_FAILED:
    'the broker or its client failed in a way that we do not know; the log holds the cause, and it is tried again',
  KAFKA_NOT_JOINED:
    'the group did not take this process in; see the log for what the coordinator answered; it is tried again',
  KAFKA_NOT_ACKNOWLEDGED: 'the broker acknowledged fewer records than it was sent; they are sent again',
  KAFKA_LATE_WRITE_REFUSED:
    'a process that had lost a partition tried to write there; the new owner goes on, and nothing is to be done',
  KAFKA_WRITER_CLOSED: 'the producer of a partition was closed while it was needed; the partition is taken over anew',
  KAFKA_TOPICS: 'topics are missing or are not as they should be; see: posture-stream topics plan',
  KAFKA_TOPICS_MISSING: 'topics are missing; create them with: posture-stream topics apply',
  KAFKA_PARTITIONS:
    'a topic has another number of partitions than stream.partitions says; set it back, or begin with another stream.prefix',
  KAFKA_TOKEN_URL: 'stream.sasl.tokenUrl must begin with https://',
  KAFKA_TOKEN_UNREACHABLE: 'the token endpoint does not answer; check stream.sasl.tokenUrl and the network',
  KAFKA_TOKEN_REFUSED: 'the token endpoint gives no token; check clientId, clientSecret and scope under stream.sasl',
}

/** What an error of kafkajs means for us; undefined where only one of its causes can tell. */
export function meaningOf({ type, code, name }: Failure): Meaning | undefined {
  if (typeof code === 'string') {
    if (TLS_CODES.test(code)) return TLS
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return DNS
  }
  if (typeof type === 'string' && Object.hasOwn(BY_TYPE, type)) return BY_TYPE[type]
  return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined
}

function allow(rights: string): Meaning {
  return [NOT_ALLOWED, 'configuration', `this user lacks a right; allow it ${rights}`]
}
