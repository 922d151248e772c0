import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SchemaRegistry, type Subject } from './registry.ts'

/** Once written, a fixture is never changed: it stands for what lies in people's topics. */
const fixtures = join(import.meta.dirname, 'fixtures')
const schemas = new SchemaRegistry()

describe.each([
  'posture-event',
  'state',
  'checkpoint',
  'delivery',
  'dead-letter',
  'dead-letter-verdict',
] as const satisfies readonly Subject[])('%s', (subject) => {
  const files = readdirSync(join(fixtures, subject))

  test.each(files)('%s, as it was written once, can still be read', (file) => {
    const bytes = readFileSync(join(fixtures, subject, file))
    expect(schemas.decode(subject, bytes)).toEqual(JSON.parse(bytes.toString()))
  })

  test('has a fixture for every kind', () => {
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, `${subject}.schema.json`), 'utf8')) as Schema
    const kinds = (schema.oneOf ?? []).map(({ $ref }) => schema.$defs[$ref.split('/').at(-1)!]!.properties.type.const)
    expect(files.map((file) => file.replace('.json', ''))).toEqual(expect.arrayContaining(kinds))
  })
})

interface Schema {
  readonly oneOf?: readonly { readonly $ref: string }[]
  readonly $defs: Readonly<Record<string, { readonly properties: { readonly type: { readonly const: string } } }>>
}
