/* Generated from config.schema.json by `npm run generate`. Do not edit. */
import type { Secret } from '../../core/secret.ts'
/**
 * The frame of a configuration file. What a component may have beside its type is in its own folder.
 */
export interface Config {
  /**
   * whose findings these are; it stands in every finding key, so it must not change later
   */
  tenant: string
  /**
   * where records are kept between the stages
   */
  stream: EmbeddedStream | KafkaStream
  /**
   * what is read, by instance name
   */
  collectors?: {
    [k: string]: {
      /**
       * which component this is
       */
      type: string
    }
  }
  /**
   * settings of the enrichment stage
   */
  enrichment?: {}
  /**
   * where findings are written, by instance name
   */
  sinks?: {
    [k: string]: {
      /**
       * which component this is
       */
      type: string
    }
  }
  admin?: Admin
  tracing?: Tracing
}
/**
 * One SQLite file, one process, no broker.
 */
export interface EmbeddedStream {
  type: 'embedded'
  /**
   * the folder that holds the stream
   */
  directory: string
  /**
   * set once, before the first run; one account stays on one partition
   */
  partitions?: number
  /**
   * the most bytes that each topic keeps beside its period of retention; beyond it the oldest records go first
   */
  retentionBytes?: number
}
/**
 * Apache Kafka: as many processes and machines as there are partitions.
 */
export interface KafkaStream {
  type: 'kafka'
  /**
   * host:port of some brokers, from which the others are learnt; an IPv6 address needs a name
   *
   * @minItems 1
   *
   * Items: host:port, for example kafka-1.example.com:9092
   */
  brokers: [string, ...string[]]
  /**
   * letters, digits, dots, hyphens and underscores; it stands before topics, groups and transactional ids, so that pipelines share a cluster
   */
  prefix?: string
  /**
   * set once, before the topics are created; one account stays on one partition, and no more processes than this share the work of a stage
   */
  partitions?: number
  /**
   * on how many brokers each record lies
   */
  replication?: number
  /**
   * on how many brokers a record must lie before it counts as written; one less than replication lets one broker fail
   */
  minInsyncReplicas?: number
  /**
   * how this pipeline shows in the brokers' logs and quotas; the prefix unless told
   */
  clientId?: string
  /**
   * how records are compressed on their way and on the brokers
   */
  compression?: 'zstd' | 'gzip' | 'snappy' | 'lz4' | 'none'
  /**
   * a process that was silent for so many milliseconds loses its partitions to others; brokers take 6000 to 1800000 unless told otherwise
   */
  sessionTimeoutMs?: number
  sasl?: KafkaSasl
  tls?: KafkaTls
}
/**
 * how this pipeline proves to the brokers who it is
 */
export interface KafkaSasl {
  /**
   * what the brokers expect; oauthbearer gets a token from tokenUrl, the others take username and password
   */
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer'
  /**
   * the user
   */
  username?: string
  /**
   * the password of the user
   */
  password?: Secret
  /**
   * the token endpoint of the OAuth 2 server, https://…
   */
  tokenUrl?: string
  /**
   * the client id at the OAuth 2 server
   */
  clientId?: string
  /**
   * the client secret at the OAuth 2 server
   */
  clientSecret?: Secret
  /**
   * the scope to ask for, where the server wants one
   */
  scope?: string
}
/**
 * encrypts the connections; {} trusts the authorities of the system
 */
export interface KafkaTls {
  /**
   * file (or PEM text) of the authorities that may sign the brokers' certificates
   */
  ca?: string
  /**
   * file (or PEM text) of our own certificate, where the brokers want one (mTLS)
   */
  certificate?: string
  /**
   * file (or PEM text) of the key of our certificate
   */
  key?: Secret | string
  /**
   * the passphrase of the key
   */
  passphrase?: Secret
  /**
   * the name that the brokers' certificates carry, where it is not that of the host
   */
  serverName?: string
}
/**
 * where /livez, /readyz and /metrics are answered; without it, nowhere
 */
export interface Admin {
  /**
   * the address to listen on; 0.0.0.0 for all: what is answered there needs no password
   */
  host?: string
  /**
   * the TCP port; 0 for any that is free, which the log then names
   */
  port?: number
}
/**
 * sends traces by OTLP over HTTP, from what a collector read to what a sink delivered; without it, there are none
 */
export interface Tracing {
  /**
   * the whole URL that takes OTLP traces
   */
  endpoint: string
  /**
   * what is sent along with every request, such as the key of the service
   */
  headers?: {
    [k: string]: Secret
  }
  /**
   * the share of findings that are traced, from 0 to 1
   */
  sampleRatio?: number
}
