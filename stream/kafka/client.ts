import { Kafka, logLevel, type LogEntry } from 'kafkajs'
import type { Clock } from '../../core/component.ts'
import type { Logger } from '../../core/telemetry.ts'
import { BrokerReport } from './broker-report.ts'
import { registerCodecs, type Compression } from './codecs.ts'
import { repairKafkajs } from '../../core/kafkajs/repairs.ts'
import { saslOf, TlsFiles, type SaslOptions, type TlsOptions } from './security.ts'
import { KAFKAJS_CONNECT_MS, Sockets } from './sockets.ts'

export { kafkaError } from './kafka-error.ts'

/** One Kafka cluster, and the part of it that is ours. */
export interface KafkaOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[]
  /** Stands before topics, groups and transactional ids, so that pipelines share a cluster. */
  readonly prefix: string
  /** Partitions of a topic with `many`. */
  readonly partitions: number
  readonly replication: number
  readonly minInsyncReplicas: number
  /** How this process shows in the brokers' logs and quotas; the prefix unless told. */
  readonly clientId?: string | undefined
  readonly compression: Compression
  /** After how long without a heartbeat a member loses its partitions, in milliseconds. */
  readonly sessionTimeoutMs: number
  readonly sasl?: SaslOptions | undefined
  readonly tls?: TlsOptions | undefined
  readonly log?: Logger | undefined
  readonly clock?: Clock | undefined
}

/** A request timeout below the session timeout makes consumers crash (measured: 7 times at 4 s against 10 s). */
const REQUEST_MS = 15_000
const BEYOND_SESSION_MS = 5000
/** Outlasts a leader's failover of about 10 s; far more has consumers read the same records again and again. */
const RETRY = { retries: 12, initialRetryTime: 100, maxRetryTime: 3000 }

export interface ClientSettings {
  /** How often kafkajs tries a request again before it rejects; 12 unless told, which takes about 25 s. */
  readonly retries?: number
  /** How long kafkajs waits for an answer; 15 s, and more than the session timeout, unless told. */
  readonly requestTimeoutMs?: number
}

/** The client of a cluster, from which producers, consumers and admins are made, and what ends it for certain. */
export class KafkaClient extends Kafka {
  readonly #options: KafkaOptions
  readonly #report: BrokerReport
  readonly #sockets: Sockets

  constructor(options: KafkaOptions, report: BrokerReport, settings: ClientSettings = {}) {
    const { brokers, prefix, clientId = prefix, sessionTimeoutMs, sasl, tls, log } = options
    const files = tls === undefined ? undefined : new TlsFiles(tls)
    const sockets = new Sockets(report, files && (() => files.read()))
    super({
      // No broker is what ends the attempts of a client that was given up; any error only has it try again.
      brokers: () => (sockets.isDestroyed ? [] : [...brokers]),
      clientId,
      connectionTimeout: KAFKAJS_CONNECT_MS,
      requestTimeout: settings.requestTimeoutMs ?? Math.max(REQUEST_MS, sessionTimeoutMs + BEYOND_SESSION_MS),
      retry: { ...RETRY, ...(settings.retries === undefined ? {} : { retries: settings.retries }) },
      socketFactory: sockets.factory,
      logLevel: logLevel.INFO,
      logCreator: () => (entry) => toDebug(log, entry),
      ...(tls === undefined ? {} : { ssl: true }),
      ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
    })
    this.#options = options
    this.#report = report
    this.#sockets = sockets
  }

  /** Another client of the same cluster, whose connections live and end apart from these. */
  fork(settings?: ClientSettings): KafkaClient {
    return new KafkaClient(this.#options, this.#report, settings)
  }

  /** Ends the connections to a broker that does not answer on them, and leaves it alone for a moment. */
  drop(broker: string): void {
    this.#sockets.drop(broker)
  }

  /** Ends every connection at once, whatever is on its way; nothing made from this client sends anything after that. */
  destroy(): void {
    this.#sockets.destroy()
  }
}

/**
 * The client of one process. Connects to nothing yet. Throws a PermanentError (`TLS_FILE`) when a certificate or
 * key cannot be read.
 */
export function createClient(options: KafkaOptions, settings?: ClientSettings): KafkaClient {
  repairKafkajs()
  registerCodecs()
  return new KafkaClient(options, new BrokerReport(options.brokers, options.log), settings)
}

/** `posture.events` is `<prefix>.events`; any other name stands behind the prefix as it is. */
export function physicalTopic(prefix: string, name: string): string {
  return `${prefix}.${name.startsWith('posture.') ? name.slice('posture.'.length) : name}`
}

export function physicalGroup(prefix: string, group: string): string {
  return `${prefix}.${group}`
}

/** What kafkajs says of itself helps only those who look for it; operators hear from us, once per change. */
function toDebug(
  log: Logger | undefined,
  { namespace, label, log: { message, timestamp: _, ...fields } }: LogEntry,
): void {
  log?.debug({ kafkajs: namespace, level: label, ...fields }, message)
}
