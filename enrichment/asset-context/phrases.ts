import type { Tag } from '../../schemas/generated/posture-event.ts'

/** The most characters of an owner: a team or an address, never a text. */
const OWNER_LIMIT = 100
/** The most characters of a name or value that is quoted as a reason. */
const QUOTE_LIMIT = 80

/** `tag Environment=prod` */
export function tagPhrase({ name, value }: Tag): string {
  return `tag ${quote(name)}=${quote(value)}`
}

/** In one line and short enough to be quoted. */
export function quote(text: string): string {
  return short(text, QUOTE_LIMIT)
}

/** An owner as it is passed on; undefined where the text holds nothing that can be read. */
export function ownerName(text: string): string | undefined {
  const name = short(text, OWNER_LIMIT)
  return /[\p{L}\p{N}]/u.test(name) ? name : undefined
}

function short(text: string, limit: number): string {
  // Cut before it is looked at, so that a huge text costs no more than a long one.
  const line = text
    .slice(0, 4 * limit)
    .replaceAll(/\s+/g, ' ')
    .trim()
  const points = Array.from(line)
  return points.length <= limit
    ? line
    : `${points
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`
}
