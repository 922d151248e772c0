import { spellingsOf } from '../../core/secret.ts'
import type { OpenSearchConfig } from './config.ts'

/** Takes our secrets out of a text that the other side wrote. */
export type Scrub = (text: string) => string

const MASK = '[secret]'
const LIMIT = 300

/** Makes the one line of at most 300 characters that may be quoted of what a server said: it may have echoed our request. */
export function scrubOf(auth: OpenSearchConfig['auth']): Scrub {
  const forms = [...new Set(secretsOf(auth).flatMap(spellingsOf))].toSorted((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const form of forms) clean = clean.replaceAll(form, MASK)
    // A signature that is refused is answered with the request as the server read it, session token included, line by line.
    const [line = ''] = clean.trim().split(/[\r\n]/, 1)
    return line.length > LIMIT ? `${line.slice(0, LIMIT)}…` : line
  }
}

function secretsOf(auth: OpenSearchConfig['auth']): string[] {
  if (auth?.apiKey) return [auth.apiKey.reveal()]
  if (!auth?.basic) return []
  const { username, password } = auth.basic
  return [password.reveal(), `${username}:${password.reveal()}`]
}
