export type Attributes = Record<string, unknown>

/** The attributes that say something: what is undefined, an empty text, list or object is left out. */
export function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** No finding about a cloud is older, or from beyond 2100: such a time is a source's mistake and says nothing. */
const EARLIEST = Date.UTC(2000)
const LATEST = Date.UTC(2100)

/** A time as OCSF has it: epoch milliseconds, and RFC 3339 with the datetime profile. Nothing for an impossible one. */
export function time(attribute: string, at: number | undefined): Attributes {
  const possible = moment(at)
  return possible === undefined ? {} : { [attribute]: possible, [`${attribute}_dt`]: new Date(possible).toISOString() }
}

/** The time where it can be. */
export function moment(at: number | undefined): number | undefined {
  return at !== undefined && Number.isSafeInteger(at) && at >= EARLIEST && at < LATEST ? at : undefined
}

/** The text where it is an absolute web address, so that a link is never anything else (`javascript:`). */
export function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\/\S+$/i.test(text) ? text : undefined
}
