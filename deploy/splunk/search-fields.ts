import type { SearchStep } from './spl.ts'

/** Columns that `chart … BY priority` makes of its values. */
const BANDS = ['P1', 'P2', 'P3', 'P4']

/** The fields that are there behind a search's last step; `unknown` are those that a step reads and nothing makes. */
export function followFields(
  steps: readonly SearchStep[],
  given: ReadonlySet<string>,
): { readonly fields: ReadonlySet<string>; readonly unknown: readonly string[] } {
  const unknown: string[] = []
  let fields = given
  for (const { command, reads, makes, narrows } of steps) {
    unknown.push(...reads.filter((field) => !fields.has(field)))
    const columns = command === 'chart' || command === 'timechart' ? BANDS : []
    fields = new Set([...(narrows ? reads : fields), ...makes, ...columns])
  }
  return { fields, unknown }
}
