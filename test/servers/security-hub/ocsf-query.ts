import { isObject, type Json } from './checks.ts'
import { HubRefusal } from './codes.ts'
import { dateTest, mapTest, numberTest, stringTest, valuesAt, type Read, type Test } from './filters.ts'
import { compileOrder, type Order } from './order.ts'

const MOST_COMPOSITES = 10
const MOST_DEPTH = 2
const TESTS: Readonly<Record<string, (filters: unknown, read: Read, name: string, now: number) => Test>> = {
  StringFilters: stringTest,
  DateFilters: dateTest,
  NumberFilters: numberTest,
  MapFilters: mapTest,
}

/** The test of OcsfFindingFilters. Throws ValidationException. */
export function compileOcsfFilters(filters: unknown, now: number): Test {
  if (filters === undefined) return () => true
  if (!isObject(filters)) throw refuse('Filters is no object')
  const { CompositeFilters: composites = [], CompositeOperator: operator } = filters
  return joined(compositeTests(composites, now, 1), operator)
}

/** The order by fields of OCSF, times by their number. Throws ValidationException. */
export function compileOcsfSort(criteria: unknown): Order | undefined {
  return compileOrder(
    criteria,
    (field) => {
      const path = field.split('.')
      return (document) => {
        const [value] = valuesAt(document, path)
        return typeof value === 'number' ? value : String(value ?? '')
      }
    },
    refuse,
  )
}

function compositeTests(composites: unknown, now: number, depth: number): Test[] {
  if (!Array.isArray(composites) || composites.length > MOST_COMPOSITES || !composites.every(isObject))
    throw refuse(`there must be at most ${MOST_COMPOSITES} composite filters`)
  if (depth > MOST_DEPTH) throw refuse('composite filters are nested too deep')
  return composites.map((composite) => {
    const { Operator: operator, NestedCompositeFilters: nested, ...direct } = composite
    const tests = Object.entries(direct).flatMap(([kind, list]) => directTests(kind, list, now))
    return joined([...tests, ...(nested === undefined ? [] : compositeTests(nested, now, depth + 1))], operator)
  })
}

function directTests(kind: string, filters: unknown, now: number): Test[] {
  const make = TESTS[kind]
  if (!make || !Array.isArray(filters) || !filters.every(isObject))
    throw refuse(`${kind} are filters that this stand-in does not have, or no list`)
  return filters.map(({ FieldName, Filter }: Json) => {
    const name = String(FieldName)
    const path = name.split('.')
    try {
      return make(Filter, (document) => valuesAt(document, path), name, now)
    } catch (error) {
      throw refuse((error as Error).message)
    }
  })
}

/** AND where no operator is named. */
function joined(tests: readonly Test[], operator: unknown): Test {
  if (operator === 'OR') return (document) => tests.length === 0 || tests.some((test) => test(document))
  return (document) => tests.every((test) => test(document))
}

function refuse(message: string): HubRefusal {
  return new HubRefusal('ValidationException', message)
}
