import { execFile } from 'node:child_process'
import { appendFileSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** How to come in by the guarded listeners of a cluster; all files are PEM. */
export interface Security {
  /** Addresses that take PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER (unsecured tokens) over TLS. */
  readonly saslSsl: readonly string[]
  /** Addresses that ask the client for a certificate; whoever shows `client` may do everything. */
  readonly mutualTls: readonly string[]
  /** The file of the authority that the brokers and the clients trust. */
  readonly ca: string
  readonly client: CertifiedKey
  /** May do everything. */
  readonly user: Credentials
  /** May sign in, and nothing else. */
  readonly stranger: Credentials
  /** The same, signed in as a client of an event hub does: by PLAIN, with a connection string for a password. */
  readonly hubUser: Credentials
}

export interface CertifiedKey {
  readonly key: string
  readonly certificate: string
}

export interface Certificates {
  readonly ca: string
  readonly server: CertifiedKey
  readonly client: CertifiedKey
}

export const user: Credentials = { username: 'posture', password: 'posture-secret' }
export const stranger: Credentials = { username: 'stranger', password: 'stranger-secret' }
export const hubUser: Credentials = {
  username: '$ConnectionString',
  password: 'Endpoint=sb://localhost/;SharedAccessKeyName=listen;SharedAccessKey=bGlzdGVuLXNlY3JldA==',
}
const CLIENT = `/CN=${user.username}`

/** Makes an authority in `directory`, and a server and a client that it has signed; they last for two days. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  mkdirSync(directory, { recursive: true })
  const file = (name: string) => join(directory, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const make = async (name: string, subject: string, ...options: readonly string[]) => {
    const made = { key: file(`${name}.key`), certificate: file(`${name}.pem`) }
    const to = ['-keyout', made.key, '-out', made.certificate, '-subj', subject]
    await promisify(execFile)('openssl', ['req', '-x509', ...newKey, ...to, ...options]).catch((cause: Error) => {
      throw new Error(`The guarded listeners need certificates from openssl 3: ${cause.message}`, { cause })
    })
    return made
  }
  const { key, certificate: ca } = await make('ca', '/CN=Test authority')
  const signed = ['-CA', ca, '-CAkey', key, '-addext', 'basicConstraints=critical,CA:false']
  const server = await make(
    'server',
    '/CN=localhost',
    ...signed,
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  )
  return { ca, server, client: await make('client', CLIENT, ...signed) }
}

/** The lines of server.properties that guard the listeners SASL_SSL and SSL. */
export function securityProperties({ ca, server }: Certificates): string[] {
  const login = (mechanism: string, module: string, options = '') =>
    `listener.name.sasl_ssl.${mechanism}.sasl.jaas.config=org.apache.kafka.common.security.${module} required${options};`
  const passwords = [user, stranger, hubUser]
    .map(({ username, password }) => ` user_${username}="${password}"`)
    .join('')
  return [
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    login('plain', 'plain.PlainLoginModule', passwords),
    login('scram-sha-256', 'scram.ScramLoginModule'),
    login('scram-sha-512', 'scram.ScramLoginModule'),
    login('oauthbearer', 'oauthbearer.OAuthBearerLoginModule', ' unsecuredLoginStringClaim_sub="broker"'),
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${keyStore(server)}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${ca}`,
    'listener.name.ssl.ssl.client.auth=required',
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // Brokers among themselves, and everything that comes by the plain listener, are ANONYMOUS.
    `super.users=User:ANONYMOUS;User:${user.username};User:CN=${user.username}`,
  ]
}

/** Kafka wants key and certificate in one file; this makes it beside the key. */
export function keyStore({ key, certificate }: CertifiedKey): string {
  const both = key.replace(/\.key$/, '.both.pem')
  copyFileSync(key, both)
  appendFileSync(both, readFileSync(certificate))
  return both
}

/** Options of `kafka-storage format` that make the users of SCRAM. */
export function scramUsers(): string[] {
  return ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) =>
    [user, stranger].flatMap(({ username, password }) => [
      '--add-scram',
      `${mechanism}=[name=${username},password=${password}]`,
    ]),
  )
}

/** A token that the listener takes by OAUTHBEARER, since it checks no signature: for `subject`, good for an hour. */
export function bearerToken(subject: string = user.username): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + 3600 })}.`
}
