import type { StartPosition } from './partition-log.ts'

const fields: Readonly<Record<string, StartPosition['by']>> = {
  'x-opt-offset': 'offset',
  'x-opt-sequence-number': 'sequence',
  'x-opt-enqueued-time': 'time',
}

/**
 * Reads the selector of a receiver, as `amqp.annotation.x-opt-offset > '-1'`; `@latest` is after all that is there.
 * Undefined: the service would call it invalid.
 */
export function startPosition(selector: unknown): StartPosition | 'latest' | undefined {
  if (selector === undefined || selector === null) return { by: 'offset', value: -1, inclusive: false }
  const found = /^amqp\.annotation\.(x-opt-[a-z-]+)\s*(>=?)\s*'([^']*)'$/.exec(String(selector))
  const by = fields[found?.[1] ?? '']
  if (found === null || by === undefined) return undefined
  const [, , comparison, text] = found
  if (text === '@latest') return 'latest'
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isNaN(value) ? undefined : { by, value, inclusive: comparison === '>=' }
}
