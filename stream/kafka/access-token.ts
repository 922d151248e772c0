import { PermanentError, TransientError, asError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'

/** The client-credentials grant of OAuth 2 (RFC 6749 §4.4). */
export interface OauthOptions {
  readonly mechanism: 'oauthbearer'
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scope?: string | undefined
}

const ANSWER_MS = 10_000
/**
 * A token is renewed when this little of its life is left, in milliseconds; of a short life a quarter: kafkajs signs in
 * again 10 s before a session ends, and that must be with a new one.
 */
const RENEW_BEFORE_MS = 60_000
/** RFC 6749 leaves expires_in out where the client is to know; a short life costs only a request. */
const DEFAULT_LIFE_S = 300
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** An access token by the client-credentials grant, kept until shortly before it expires. */
export class AccessToken {
  readonly #options: OauthOptions
  #current: { readonly token: Secret; readonly until: number } | undefined
  #asking: Promise<Secret> | undefined

  /** Throws a PermanentError (`KAFKA_TOKEN_URL`) unless the endpoint is reached by HTTPS or on this machine. */
  constructor(options: OauthOptions) {
    const { protocol, hostname } = new URL(options.tokenUrl)
    if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname)))
      throw new PermanentError(
        'KAFKA_TOKEN_URL',
        'stream.sasl.tokenUrl must begin with https://, or the secret can be read on its way',
      )
    this.#options = options
  }

  /** One request serves all who wait. Rejects with a TransientError: the endpoint refuses (`configuration`) or is away. */
  async get(): Promise<Secret> {
    if (this.#current !== undefined && performance.now() < this.#current.until) return this.#current.token
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return await this.#asking
  }

  async #ask(): Promise<Secret> {
    const asked = performance.now()
    const response = await this.#request()
    const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>
    const { access_token: token, expires_in: lifeS, error } = answer
    if (!response.ok || typeof token !== 'string') throw refusal(response.status, error)
    const lifeMs = (typeof lifeS === 'number' && lifeS > 0 ? lifeS : DEFAULT_LIFE_S) * 1000
    this.#current = { token: new Secret(token), until: asked + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 4) }
    return this.#current.token
  }

  async #request(): Promise<Response> {
    const { tokenUrl, clientId, clientSecret, scope } = this.#options
    const credentials = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret.reveal())}`).toString('base64')
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })
    try {
      return await fetch(tokenUrl, {
        method: 'POST',
        body,
        headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
      })
    } catch (thrown) {
      const { message, cause } = asError(thrown)
      const reason = cause instanceof Error ? cause.message : message
      throw new TransientError(
        'KAFKA_TOKEN_UNREACHABLE',
        `cannot get an access token for Kafka: ${reason}; check stream.sasl.tokenUrl`,
        {
          fault: 'outage',
          cause: thrown,
        },
      )
    }
  }
}

function refusal(status: number, error: unknown): TransientError {
  const reason = typeof error === 'string' && /^[\w-]{1,64}$/.test(error) ? ` (${error})` : ''
  const ours = status < 500 && status !== 429
  return new TransientError(
    'KAFKA_TOKEN_REFUSED',
    `the token endpoint answers ${status}${reason} instead of a token; check clientId, clientSecret and scope under stream.sasl`,
    { fault: ours ? 'configuration' : 'outage' },
  )
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
