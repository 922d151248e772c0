/** Writes the TypeScript types of every wire schema into `generated/`; `--check` fails when they differ from what is there. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, type JSONSchema } from 'json-schema-to-typescript'

type Node = Record<string, unknown>

const here = import.meta.dirname
const check = process.argv.includes('--check')
const options = {
  bannerComment: '',
  additionalProperties: false,
  unreachableDefinitions: false,
  style: { semi: false, singleQuote: true, printWidth: 120 },
}

const schemas = new Map<string, Node>()
for (const file of readdirSync(here).filter((name) => name.endsWith('.schema.json'))) {
  schemas.set(file.replace('.schema.json', ''), JSON.parse(readFileSync(join(here, file), 'utf8')) as Node)
}
if (schemas.size === 0) throw new Error(`no schema found in ${here}`)

const stale: string[] = []
for (const [name, schema] of schemas) {
  const imports = new Set<string>()
  const types = await compile(withTypes(schema, schema, imports) as JSONSchema, name, options)
  const banner = `/* Generated from ${name}.schema.json by \`npm run generate\`. Do not edit. */\n`
  const text = banner + [...imports].toSorted().join('\n') + (imports.size > 0 ? '\n' : '') + types
  const target = join(here, 'generated', `${name}.ts`)
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue
  if (check) stale.push(`schemas/generated/${name}.ts`)
  else writeFileSync(target, text)
}
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`)
  process.exitCode = 1
} else console.log(`${schemas.size} schemas, types ${check ? 'up to date' : 'written'}`)

/** Untitled definitions are put in place, so that no numbered aliases arise; definitions of another file become imports. */
function withTypes(node: unknown, root: Node, imports: Set<string>): unknown {
  if (Array.isArray(node)) return node.map((each) => withTypes(each, root, imports))
  if (typeof node !== 'object' || node === null) return node
  const { $ref, ...beside } = node as Node
  if (beside['secret'] === true) return { ...beside, tsType: secretType(beside, imports) }
  if (typeof $ref !== 'string')
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withTypes(value, root, imports)]))
  const [file, pointer] = $ref.split('#') as [string, string]
  const definition = definitionAt(file === '' ? root : schemas.get(file)!, pointer)
  if (definition['title'] === undefined) return withTypes({ ...definition, ...beside }, root, imports)
  if (file === '') return { $ref }
  imports.add(`import type { ${definition['title'] as string} } from './${file}.ts'`)
  return { ...beside, tsType: definition['title'] }
}

/** Loading a configuration makes a Secret of a secret, unless it is the path of a file. */
function secretType({ path }: Node, imports: Set<string>): string {
  imports.add("import type { Secret } from '../../core/secret.ts'")
  return path === undefined ? 'Secret' : 'Secret | string'
}

function definitionAt(schema: Node, pointer: string): Node {
  return pointer
    .split('/')
    .slice(1)
    .reduce((node, part) => node[part] as Node, schema)
}
