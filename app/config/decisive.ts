import type { ErrorObject } from 'ajv'
import { nearest } from './nearest.ts'

/** They only repeat what another complaint says better. */
const ECHOES = new Set(['if', 'propertyNames', 'contains', 'allOf'])

/**
 * Of all complaints about a value those that help: a choice of forms (`anyOf`, `oneOf`) makes the validator complain once
 * per form, although only the form that was meant counts.
 */
export function decisive(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept = errors.filter(({ keyword }) => !ECHOES.has(keyword))
  const choices = kept.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
  for (const choice of choices) {
    if (!kept.includes(choice)) continue
    const inside = kept.filter(({ schemaPath }) => schemaPath.startsWith(`${choice.schemaPath}/`))
    const better = literals(choice) ?? meant(choice, inside)
    kept = kept.filter((error) => error !== choice && !inside.includes(error)).concat(better)
  }
  return kept.filter((error) => !isMisspelt(error, kept))
}

/** A missing key whose misspelling stands in the same place is one mistake, not two. */
function isMisspelt({ keyword, instancePath, params }: ErrorObject, all: readonly ErrorObject[]): boolean {
  return (
    keyword === 'required' &&
    all.some(
      (other) =>
        other.keyword === 'additionalProperties' &&
        other.instancePath === instancePath &&
        nearestKey(other) === params['missingProperty'],
    )
  )
}

function nearestKey({ params, parentSchema }: ErrorObject): string | undefined {
  return nearest(String(params['additionalProperty']), Object.keys((parentSchema?.['properties'] ?? {}) as object))
}

/** A choice of constants is one list of values. */
function literals(choice: ErrorObject): ErrorObject[] | undefined {
  const branches = choice.schema as Readonly<Record<string, unknown>>[]
  if (!Array.isArray(branches) || !branches.every((branch) => 'const' in branch)) return undefined
  return [{ ...choice, keyword: 'enum', params: { allowedValues: branches.map((branch) => branch['const']) } }]
}

/** The complaints of the one form whose type is right; the choice itself where none or several could be meant. */
function meant(choice: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] {
  const byForm = Map.groupBy(inside, ({ schemaPath }) => schemaPath.slice(choice.schemaPath.length + 1).split('/')[0])
  const fitting = [...byForm.values()].filter(
    (form) => !form.some(({ keyword, instancePath }) => wrongKind(keyword) && instancePath === choice.instancePath),
  )
  return fitting.length === 1 ? fitting[0]! : [choice]
}

function wrongKind(keyword: string): boolean {
  return keyword === 'type' || keyword === 'const' || keyword === 'enum'
}
