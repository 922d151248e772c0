/**
 * Compiles VERSION.schemas.json into VERSION.validator.cjs, code that needs no compiling at start; `--check` fails when
 * the result differs from what is there. Run it after generate.py.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'

const VERSION = '1.6.0'
const CLASS = /^ocsf:(without-cloud\/)?classes\//

const source = `${VERSION}.schemas.json`
const target = `${VERSION}.validator.cjs`
const path = join(import.meta.dirname, target)
const code = compiled(JSON.parse(readFileSync(join(import.meta.dirname, source), 'utf8')) as AnySchemaObject[])

if (!process.argv.includes('--check')) {
  writeFileSync(path, code)
  console.log(`${target}: ${code.length} characters written`)
} else if (existsSync(path) && readFileSync(path, 'utf8') === code) console.log(`${target} is up to date`)
else {
  console.error(`schemas/ocsf/${target} is out of date. Run \`node schemas/ocsf/compile.ts\` and commit the result.`)
  process.exitCode = 1
}

/** One export per class and variant, named by the schema's id. */
function compiled(schemas: AnySchemaObject[]): string {
  const ajv = new Ajv2020({
    schemas,
    allErrors: true,
    strict: true,
    // The export's at_least_one puts `required` beside, not into, the schema that has the properties.
    strictRequired: false,
    // json_t is a union of all types.
    allowUnionTypes: true,
    // With the objects put into every place that refers to them the code would be five times as large.
    inlineRefs: false,
    code: { source: true, lines: true },
  })
  const ids = schemas.map((schema) => String(schema.$id)).filter((id) => CLASS.test(id))
  const banner = `/* Compiled from ${source} by schemas/ocsf/compile.ts. Do not edit. */\n`
  return banner + standalone.default(ajv, Object.fromEntries(ids.map((id) => [id, id])))
}
