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

export interface PriorityFacts {
  readonly score: number | undefined
  /** One sentence each, the deciding one first. */
  readonly reasons: readonly string[]
  /** By when it is to be mended, in milliseconds since the epoch. */
  readonly due: number | undefined
  /** The rung of its exposure, and that it is only possible where it is. */
  readonly exposure: string | undefined
}

/** The priority as enrichment gives it to programs. */
export function priorityOf(event: Json): PriorityFacts {
  const data = at(
    list(event['enrichments']).find((each) => at(each, 'type') === 'priority'),
    'data',
  )
  const exposure = textAt(data, 'evidence', 'exposure', 'value')
  const doubt = at(data, 'evidence', 'exposure', 'certainty') === 'possible' ? ' (possible)' : ''
  return {
    score: numberAt(data, 'score') ?? numberAt(event, 'risk_score'),
    reasons: list(at(data, 'reasons')).flatMap((each) => sentenceOf(each) ?? []),
    due: numberAt(data, 'due') ?? numberAt(event, 'unmapped', 'priority_due'),
    exposure: exposure === undefined ? undefined : exposure + doubt,
  }
}

/** A reason has its sentence beside its id; events of earlier versions have the sentence alone. */
function sentenceOf(reason: unknown): string | undefined {
  const text = typeof reason === 'string' ? reason : textAt(reason, 'text')
  return text?.trim() === '' ? undefined : text
}
