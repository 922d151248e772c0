import { Value } from 'typebox/value'
import { sinkFilter, type SinkFilter } from '../../sinks/selection/filter.ts'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Reads `priority=P1,P2` and the like as the `filter` of a sink: one name each, as often as is needed. Throws a UsageError
 * that says what may stand there.
 */
export function filterOf(words: readonly string[]): SinkFilter | undefined {
  const lists = new Map<string, (string | number)[]>()
  for (const word of words) {
    const at = word.indexOf('=')
    const [name, text] = [word.slice(0, at).trim(), word.slice(at + 1)]
    if (at < 1 || text.trim() === '')
      throw new UsageError(`--filter ${word}: write NAME=VALUE,VALUE, as in priority=P1,P2`)
    const values = text.split(',').map((each) => each.trim())
    lists.set(name, [...(lists.get(name) ?? []), ...values.map((each) => (name === 'class' ? classOf(each) : each))])
  }
  if (lists.size === 0) return undefined
  const filter = Object.fromEntries(lists)
  for (const [name, values] of lists) requireKnown(name, values)
  return filter
}

function requireKnown(name: string, values: readonly (string | number)[]): void {
  const { properties } = sinkFilter
  if (!Object.hasOwn(properties, name)) {
    const names = Object.keys(properties)
    throw new UsageError(`--filter ${name}=…: there is no such list; ${suggestion(name, names)}`)
  }
  const schema = properties[name as keyof typeof properties]
  const items = schema.items as { readonly enum?: readonly (string | number)[] }
  const wrong = values.find((value) => !Value.Check(schema, [value]))
  if (wrong === undefined) return
  const hint = items.enum === undefined ? 'write some text' : suggestion(String(wrong), items.enum.map(String))
  throw new UsageError(`--filter ${name}=${wrong}: ${hint}`)
}

/** A class is named by its number or its name. */
function classOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}
