/** JSON of which nothing is known: an event may lack whatever `omit` names, and what was replayed may be older than we. */
export type Json = Readonly<Record<string, unknown>>

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value at a path of objects. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, name) => {
    const from = object(inner)
    return Object.hasOwn(from, name) ? from[name] : undefined
  }, value)
}

/** The text at a path, when it says something. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' && found.trim() !== '' ? found : undefined
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** The account, subscription or project; for what lies in no cloud account, what stands in its place. */
export function accountOf(event: Json): string | undefined {
  return textAt(event, 'cloud', 'account', 'uid') ?? textAt(event, 'unmapped', 'account')
}

/** The region of the subject, else that in which the finding was made. */
export function regionOf(event: Json): string | undefined {
  const [subject] = list(event['resources'])
  return textAt(subject, 'region') ?? textAt(event, 'cloud', 'region') ?? textAt(event, 'unmapped', 'region')
}

/** The priority as enrichment gives it to programs. */
export function priorityOf(event: Json): { readonly score: number | undefined; readonly reasons: readonly string[] } {
  const data = at(
    list(event['enrichments']).find((each) => at(each, 'type') === 'priority'),
    'data',
  )
  return {
    score: numberAt(data, 'score') ?? numberAt(event, 'risk_score'),
    reasons: list(at(data, 'reasons')).filter((each): each is string => typeof each === 'string' && each.trim() !== ''),
  }
}
