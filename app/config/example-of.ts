import { stringify } from 'yaml'
import { isRequired, variantsOf, type SettingSchema } from './settings-of.ts'

/** The shortest part of a configuration, in YAML, that makes this component work: what must be written and no more. */
export function exampleOf(section: 'collectors' | 'sinks', name: string, schema: object): string {
  const settings = valueOf(schema, [name]) as Readonly<Record<string, unknown>>
  return stringify({ [section]: { [name]: { type: name, ...settings } } }, { lineWidth: 0 }).trimEnd()
}

function valueOf(node: SettingSchema, path: readonly string[]): unknown {
  if (node.examples !== undefined) return node.examples[0]
  if (node.default !== undefined) return node.default
  if (node.const !== undefined) return node.const
  if (node.enum !== undefined) return node.enum[0]
  const [variant] = variantsOf(node)
  if (variant !== undefined) return valueOf(variant, path)
  if (node.secret === true && (node.path === undefined || node.path === false)) return variable(path)
  return plainValue(node, path)
}

function plainValue(node: SettingSchema, path: readonly string[]): unknown {
  switch ([node.type].flat()[0]) {
    case 'object':
      return requiredOf(node, path)
    case 'array':
      return node.items === undefined ? [] : [valueOf(node.items, path)]
    case 'integer':
    case 'number':
      return node.minimum ?? 1
    case 'boolean':
      return true
    default:
      return node.path === undefined || node.path === false ? path.at(-1) : `./${path.at(-1)}`
  }
}

function requiredOf(node: SettingSchema, path: readonly string[]): Record<string, unknown> {
  const required = Object.entries(node.properties ?? {}).filter(([key]) => isRequired(node, key))
  return Object.fromEntries(required.map(([key, child]) => [key, valueOf(child, [...path, key])]))
}

/** `${SPLUNK_TOKEN}`: a secret does not stand in the file. */
function variable(path: readonly string[]): string {
  const name = path.join('_').replaceAll(/([a-z])([A-Z])/g, '$1_$2')
  return `\${${name.replaceAll(/\W/g, '_').toUpperCase()}}`
}
