import { spellingsOf } from '../../core/secret.ts'
import type { Config } from './config.ts'
import { connectionStringParts } from './hub-address.ts'

const MASK = '[secret]'
const LIMIT = 400
const SECRET_PARTS = ['sharedaccesskey', 'sharedaccesssignature', 'accountkey']
/** What is made of our secrets: signatures, and tokens that Entra gives. */
const MADE_OF_SECRETS = /SharedAccessSignature\s+\S+|\bsig=[^&\s"']+|\bBearer\s+\S+|\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/gi

/** The one line of at most 400 characters that may be quoted of what Azure or its SDK said. */
export type Scrub = (text: string) => string

/** Takes our secrets, and what is made of them, out of a text: an SDK may quote a connection string, or part of one. */
export function scrubOf({ connectionString, checkpoints, identity }: Config): Scrub {
  const secrets: string[] = []
  for (const each of [connectionString, checkpoints?.connectionString]) {
    if (each === undefined) continue
    const parts = connectionStringParts(each)
    secrets.push(each.reveal(), ...SECRET_PARTS.map((name) => parts.get(name) ?? ''))
  }
  if (identity !== undefined) secrets.push(identity.clientSecret.reveal())
  const forms = [...new Set(secrets.filter((each) => each !== '').flatMap(spellingsOf))]
  forms.sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const form of forms) clean = clean.replaceAll(form, MASK)
    const [line = ''] = clean
      .replaceAll(MADE_OF_SECRETS, MASK)
      .trim()
      .split(/[\r\n]/, 1)
    return line.length > LIMIT ? `${line.slice(0, LIMIT)}…` : line
  }
}
