import type { Secret } from '../../core/secret.ts'

const LIMIT = 300
const MASK = '[secret]'

/** Takes the token out of what the other side says, however it spells it, and bounds the rest to one line of 300 characters. */
export class Quote {
  readonly #token: RegExp

  constructor(token: Secret) {
    const value = token.reveal()
    const base64 = [value, `x:${value}`, `Splunk ${value}`].map((text) => Buffer.from(text).toString('base64'))
    const forms = [JSON.stringify(value).slice(1, -1), encodeURIComponent(value), value, ...base64]
    const patterns = forms.map((form) => form.replace(/=+$/, '').replaceAll(/\W/g, '\\$&'))
    this.#token = new RegExp(patterns.join('|'), 'gi')
  }

  /** The text as it may stand in an error, a log or a dead letter. */
  text(said: string): string {
    const clean = said
      .replaceAll(this.#token, MASK)
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim()
    return clean.length > LIMIT ? `${clean.slice(0, LIMIT)}…` : clean
  }
}
