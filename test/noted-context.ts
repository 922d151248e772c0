import type { Context } from '../core/component.ts'

/** What a component is lent, with what it says through it and counts by it. */
export function notedContext(name: string) {
  const logged: string[] = []
  const counts: Record<string, number> = {}
  const log = (_fields: object, message: string): void => void logged.push(message)
  const context: Context = {
    name,
    tenant: 'acme',
    clock: Date.now,
    log: { debug: log, info: log, warn: log, error: log },
    metrics: {
      count: (metric, by) => void (counts[metric] = (counts[metric] ?? 0) + by),
      gauge: () => {},
      observe: () => {},
    },
  }
  return { context, logged, counts }
}
