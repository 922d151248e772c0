import type { ConnectionOptions } from 'node:tls'
import type { SASLOptions } from 'kafkajs'
import { readPem } from '../../core/pem.ts'
import type { Secret } from '../../core/secret.ts'
import { AccessToken, type OauthOptions } from './access-token.ts'

/** How this process proves who it is to the brokers. */
export type SaslOptions =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: Secret
    }
  | OauthOptions

/** TLS towards the brokers; with `certificate` and `key` the brokers learn who we are (mTLS). Each a file or PEM. */
export interface TlsOptions {
  /** The authorities that may sign the brokers' certificates; the system's unless told. */
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: Secret | string | undefined
  readonly passphrase?: Secret | undefined
  /** The name that the brokers' certificates must carry, where it is not the host's. */
  readonly serverName?: string | undefined
}

/** The credentials in the form that kafkajs takes; secrets leave their cover here. */
export function saslOf(options: SaslOptions): SASLOptions {
  if (options.mechanism !== 'oauthbearer') {
    const { mechanism, username, password } = options
    return { mechanism, username, password: password.reveal() }
  }
  const token = new AccessToken(options)
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: (await token.get()).reveal() }) }
}

/** The certificates and the key, read again at every connection, so that renewed ones are used without a restart. */
export class TlsFiles {
  readonly #options: TlsOptions

  /** Throws a PermanentError (`TLS_FILE`) when a file cannot be read now. */
  constructor(options: TlsOptions) {
    this.#options = options
    this.read()
  }

  read(): ConnectionOptions {
    const { ca, certificate, key, passphrase, serverName } = this.#options
    return {
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca: readPem('stream.tls.ca', ca) }),
      ...(certificate === undefined ? {} : { cert: readPem('stream.tls.certificate', certificate) }),
      ...(key === undefined ? {} : { key: readPem('stream.tls.key', typeof key === 'string' ? key : key.reveal()) }),
      ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    }
  }
}
