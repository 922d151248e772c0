import { spellingsOf, type Secret } from '../core/secret.ts'

const MASK = '[secret]'
/** Shorter ones are no secrets, and masking them would garble everything that is printed. */
const MIN_LENGTH = 4

/** Takes what must not leave the process out of texts: the known secrets, and all of a URL but its scheme and host. */
export class Scrubber {
  readonly #forms = new Set<string>()

  constructor(secrets: Iterable<Secret> = []) {
    for (const secret of secrets) this.add(secret)
  }

  /** A secret is found as it is, and as JSON, URLs and base64 spell it. */
  add(secret: Secret): void {
    const value = secret.reveal()
    if (value.length < MIN_LENGTH) return
    for (const form of spellingsOf(value)) this.#forms.add(form)
  }

  /** Any text for people: an error's message, what a check says. */
  text(text: string): string {
    let clean = text
    for (const form of this.#forms) clean = clean.replaceAll(form, MASK)
    return cutUrls(clean)
  }

  /** One line of JSON; it stays JSON, also where a secret is a number or a word of the log's own. */
  line(json: string): string {
    const clean = cutUrls(json)
    if (![...this.#forms].some((form) => clean.includes(form))) return clean
    const end = clean.endsWith('\n') ? '\n' : ''
    try {
      return `${JSON.stringify(this.#strings(JSON.parse(clean)))}${end}`
    } catch {
      return `${JSON.stringify({ msg: this.text(clean.trimEnd()) })}${end}`
    }
  }

  #strings(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((each) => this.#strings(each))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [this.text(key), this.#strings(each)]))
  }
}

// A path or a query can be a credential (webhooks), and so can what stands before the @.
const URL_PATTERN = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#@"'<>\\]*@)?([^\s/?#@"'<>\\)\]},;]+)([/?#][^\s"'<>\\]*)?/gi

function punctuationAfter(url: string): string {
  return /[),.;:!\]}]*$/.exec(url)![0]
}

/** `https://user:pass@host:1/path?query` becomes `https://host:1`; files keep their path. */
function cutUrls(text: string): string {
  return text.replaceAll(URL_PATTERN, (url, scheme: string, host: string) =>
    /^(file|node):/i.test(scheme) ? url : `${scheme}${host}${punctuationAfter(url)}`,
  )
}
