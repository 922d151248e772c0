import type { AccessToken, TokenCredential } from '@azure/identity'
import { asError, TransientError } from '../../../core/errors.ts'
import type { Config } from '../config.ts'
import { credentialOf } from '../credential.ts'
import { scrubOf, type Scrub } from '../scrub.ts'

/** So long before it ends a token is renewed, in milliseconds: a connection is made with one that still lasts. */
const RENEW_BEFORE_MS = 5 * 60_000

/** The token that proves to a namespace who we are; asked for when it is needed, and kept until shortly before its end. */
export class EntraToken {
  readonly #config: Config
  readonly #namespace: string
  readonly #clock: () => number
  readonly #scrub: Scrub
  #credential: TokenCredential | undefined
  #token: Promise<AccessToken> | undefined

  constructor(config: Config, namespace: string, clock: () => number) {
    this.#config = config
    this.#scrub = scrubOf(config)
    this.#namespace = namespace
    this.#clock = clock
  }

  /** Rejects with a TransientError (`EVENT_HUBS_CREDENTIALS`) where Entra gives none. */
  async get(): Promise<string> {
    const kept = await this.#token?.catch(() => undefined)
    if (kept !== undefined && kept.expiresOnTimestamp - RENEW_BEFORE_MS > this.#clock()) return kept.token
    const asked = this.#ask()
    this.#token = asked
    return (await asked).token
  }

  async #ask(): Promise<AccessToken> {
    try {
      this.#credential ??= await credentialOf(this.#config)
      return await this.#credential.getToken(`https://${this.#namespace}/.default`).then((token) => {
        if (token === null) throw new Error('it gives none')
        return token
      })
    } catch (thrown) {
      const reason = this.#scrub(asError(thrown).message)
      throw new TransientError(
        'EVENT_HUBS_CREDENTIALS',
        `cannot get a token of Entra ID for ${this.#namespace}: ${reason}; check identity, or what the environment gives instead`,
        { fault: 'configuration' },
      )
    }
  }
}
