import type { PostureFinding } from '../sink.ts'

/** What of a finding the store can filter and rank by, beside the whole event. */
export interface Columns {
  readonly key: string
  readonly revision: number
  readonly state: string
  readonly priority: string
  readonly cause: string
  readonly score: number | null
  readonly severity: string | null
  readonly title: string | null
  readonly account: string | null
  readonly control: string | null
  readonly resource: string | null
  /** The ids and names of all resources, one a line, in lower case: what a search looks at. */
  readonly searchable: string
  /** Milliseconds since the epoch. */
  readonly modified: number | null
  readonly event: string
}

/** Reads the columns from an OCSF event leniently: what it does not say is null. */
export function columnsOf({ key, revision, state, priority, cause, event, bytes }: PostureFinding): Columns {
  const resources = listAt(event, 'resources')
  const names = resources.flatMap((each) => [textAt(each, 'uid'), textAt(each, 'name')])
  return {
    key,
    revision,
    state,
    priority,
    cause,
    score: numberAt(event, 'risk_score'),
    severity: textAt(event, 'severity'),
    title: textAt(event, 'finding_info', 'title') ?? textAt(event, 'message'),
    account: textAt(event, 'cloud', 'account', 'uid') ?? textAt(event, 'unmapped', 'account'),
    control: textAt(event, 'metadata', 'event_code') ?? textAt(event, 'compliance', 'control'),
    resource: names.find((name) => name !== null) ?? null,
    searchable: names
      .filter((name) => name !== null)
      .join('\n')
      .toLowerCase(),
    modified: numberAt(event, 'metadata', 'modified_time') ?? numberAt(event, 'time'),
    event: new TextDecoder().decode(bytes),
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined),
    value,
  )
}

function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, path)
  return typeof found === 'string' && found !== '' ? found : null
}

function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = at(value, path)
  return typeof found === 'number' && Number.isFinite(found) ? found : null
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const found = at(value, [key])
  return Array.isArray(found) ? found : []
}
