import type { ConnectionOptions } from 'node:tls'
import {
  Kafka,
  logLevel,
  type Admin,
  type Consumer,
  type ConsumerConfig,
  type KafkaConfig,
  type LogEntry,
  type SASLOptions,
} from 'kafkajs'
import type { Context } from '../../../core/component.ts'
import { readPem } from '../../../core/pem.ts'
import type { Logger } from '../../../core/telemetry.ts'
import type { Config } from '../config.ts'
import type { HubAddress } from '../hub-address.ts'
import { EntraToken } from './entra-token.ts'
import { HubSockets } from './hub-sockets.ts'
import { repairKafkajs } from '../../../core/kafkajs/repairs.ts'

const PORT = 9093
const CONNECT_MS = 10_000
/** As Microsoft recommends: Event Hubs itself waits up to 20 s, and a fetch that it slows down takes longer. */
const REQUEST_MS = 60_000
/** And longer than a session in any case, or readers crash while a group waits for one of them. */
const BEYOND_SESSION_MS = 5000
/** Outlasts about half a minute of failing over. */
const RETRY = { retries: 12, initialRetryTime: 200, maxRetryTime: 3000 }
/** Who only asks is told sooner. */
const ASK_RETRY = { retries: 3, initialRetryTime: 200, maxRetryTime: 2000 }

/** The client of one namespace, and what ends it for certain. */
export class HubClient {
  readonly #sockets: HubSockets
  readonly #settings: KafkaConfig

  /** Connects to nothing yet. Throws a PermanentError (`TLS_FILE`) where the authorities cannot be read. */
  constructor(config: Config, { host }: HubAddress, { name, clock, log }: Context) {
    repairKafkajs()
    const { brokers = [`${host}:${PORT}`], ca } = config.kafka ?? {}
    const tls = (): ConnectionOptions => (ca === undefined ? {} : { ca: readPem('kafka.ca', ca) })
    tls()
    const sockets = new HubSockets(tls)
    this.#sockets = sockets
    this.#settings = {
      // No broker is what ends the attempts of a client that was given up; any error only has it try again.
      brokers: () => (sockets.isDestroyed ? [] : [...brokers]),
      clientId: `posture-stream-${name}`,
      ssl: true,
      sasl: loginOf(config, host, clock),
      socketFactory: sockets.factory,
      connectionTimeout: CONNECT_MS,
      requestTimeout: Math.max(REQUEST_MS, config.claimSeconds * 1000 + BEYOND_SESSION_MS),
      logLevel: logLevel.INFO,
      logCreator: () => (entry) => toDebug(log, entry),
    }
  }

  /** A reader that gets over about half a minute of failing over. */
  consumer(settings: ConsumerConfig): Consumer {
    // Whoever runs the collector begins anew, and says why.
    const retry = { ...RETRY, restartOnFailure: async () => false }
    return new Kafka({ ...this.#settings, retry: RETRY }).consumer({ ...settings, retry })
  }

  /** One that asks and is told soon, for as long as `work` takes. */
  async ask<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Kafka({ ...this.#settings, retry: ASK_RETRY }).admin()
    try {
      await admin.connect()
      return await work(admin)
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  /** Ends every connection at once, whatever is on its way; nothing made from this client sends anything after that. */
  destroy(): void {
    this.#sockets.destroy()
  }
}

/** Secrets leave their cover here. */
function loginOf(config: Config, namespace: string, clock: () => number): SASLOptions {
  if (config.connectionString !== undefined)
    return { mechanism: 'plain', username: '$ConnectionString', password: config.connectionString.reveal() }
  const token = new EntraToken(config, namespace, clock)
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await token.get() }) }
}

/** What kafkajs says of itself helps only those who look for it; operators hear from us. */
function toDebug(log: Logger, { namespace, label, log: { message, timestamp: _, ...fields } }: LogEntry): void {
  log.debug({ kafkajs: namespace, level: label, ...fields }, message)
}
