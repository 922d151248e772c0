/** One setting of a component or a stage, as an operator has to know it. */
export interface Setting {
  /** `tls.ca`; `[]` stands for each member of a list, `*` for any key. */
  readonly path: string
  /** In words, the allowed ones where they are few: `path`, `list of text`, `auto or asff`, `whole number`. */
  readonly type: string
  /** It has to be written where the section that it stands in is. */
  readonly required: boolean
  /** Never printed or logged. */
  readonly secret: boolean
  readonly description: string
  /** What counts where it is not written; a section's own default is left out. */
  readonly default?: unknown
  /** All values that may stand there. */
  readonly allowed?: readonly unknown[]
  /** `1 to 10000`. */
  readonly limits?: string
  /** In which case it may stand there: `auth.type is basic`. */
  readonly when?: string
}

/** The part of JSON Schema that configurations are described in. */
export interface SettingSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly SettingSchema[]
  readonly oneOf?: readonly SettingSchema[]
  readonly properties?: Readonly<Record<string, SettingSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | SettingSchema
  readonly patternProperties?: Readonly<Record<string, SettingSchema>>
  readonly items?: SettingSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly secret?: boolean
  readonly path?: boolean | string
}

interface Place {
  readonly path: string
  readonly when?: string | undefined
}

/** Every setting below a schema, sections before what is in them. */
export function settingsOf(schema: object): Setting[] {
  return below(schema, { path: '' })
}

/** Whether the operator has to write it: what has a default is filled in. */
export function isRequired(section: SettingSchema, key: string): boolean {
  return section.required?.includes(key) === true && section.properties?.[key]?.default === undefined
}

/** The choices of a schema that has some. */
export function variantsOf({ anyOf, oneOf }: SettingSchema): readonly SettingSchema[] {
  return anyOf ?? oneOf ?? []
}

function below(node: SettingSchema, { path, when }: Place): Setting[] {
  const inside = (key: string): Place => ({ path: path === '' ? key : `${path}.${key}`, when })
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    at(child, inside(key), isRequired(node, key)),
  )
  const free = typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []
  const named = [...free, ...Object.values(node.patternProperties ?? {})]
  return [
    ...own,
    ...named.flatMap((child) => at(child, inside('*'), false)),
    ...(node.items === undefined ? [] : below(node.items, { path: `${path}[]`, when })),
    ...choices(variantsOf(node), { path, when }),
  ]
}

/** What the choices have between them: the key that tells them apart once, and what belongs to each with its case. */
function choices(variants: readonly SettingSchema[], place: Place): Setting[] {
  const key = tellingKey(variants)
  if (key === undefined) return variants.flatMap((variant) => below(variant, place))
  const path = place.path === '' ? key : `${place.path}.${key}`
  const values = variants.map(({ properties }) => properties![key]!.const)
  const { description } = variants[0]!.properties![key]!
  const telling: SettingSchema = { enum: values, ...(description === undefined ? {} : { description }) }
  return [
    ...at(telling, { ...place, path }, true),
    ...variants.flatMap((variant, index) =>
      below(without(variant, key), { path: place.path, when: `${path} is ${String(values[index])}` }),
    ),
  ]
}

/** The key that has another constant in each of the choices. */
function tellingKey(variants: readonly SettingSchema[]): string | undefined {
  const [first, ...others] = variants
  if (others.length === 0) return undefined
  const isTelling = (key: string): boolean => variants.every(({ properties }) => properties?.[key]?.const !== undefined)
  return Object.keys(first?.properties ?? {}).find(isTelling)
}

function without({ properties = {}, ...variant }: SettingSchema, key: string): SettingSchema {
  return { ...variant, properties: Object.fromEntries(Object.entries(properties).filter(([name]) => name !== key)) }
}

function at(node: SettingSchema, place: Place, required: boolean): Setting[] {
  const allowed = allowedBy(node)
  const limits = limitsOf(node)
  const { path, when } = place
  const setting: Setting = {
    path,
    type: typeOf(node),
    required,
    secret: isSecret(node),
    description: descriptionOf(node),
    ...(node.default === undefined || isPlainObject(node.default) ? {} : { default: node.default }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(limits === undefined ? {} : { limits }),
    ...(when === undefined ? {} : { when }),
  }
  return [setting, ...below(node, place)]
}

/** With that of the members of a list, which have no line of their own. */
function descriptionOf({ description = '', items }: SettingSchema): string {
  const ofMembers = items?.properties === undefined ? (items?.description ?? '') : ''
  return [description.replace(/\.$/, ''), ofMembers].filter((text) => text !== '').join('. ')
}

function typeOf(node: SettingSchema): string {
  const allowed = allowedBy(node)
  if (allowed !== undefined) return either(allowed.map((value) => JSON.stringify(value).replaceAll('"', '')))
  const variants = variantsOf(node)
  if (variants.length > 0) return either(variants.map(typeOf))
  const types = [node.type ?? 'object'].flat()
  return either(types.map((type) => wordFor(type, node)))
}

function wordFor(type: string, { items, path, secret }: SettingSchema): string {
  switch (type) {
    case 'string':
      // What is read may be PEM text instead of a path.
      if (path === 'input') return secret === true ? 'path or secret text' : 'path'
      if (path === true) return 'path (written)'
      return secret === true ? 'secret text' : 'text'
    case 'integer':
      return 'whole number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return items === undefined ? 'list' : `list of ${typeOf(items)}`
    case 'object':
      return 'section'
    default:
      return type
  }
}

/** All values that may stand there, where the schema names them. */
function allowedBy(node: SettingSchema): readonly unknown[] | undefined {
  if (node.const !== undefined) return [node.const]
  if (node.enum !== undefined) return node.enum
  const variants = variantsOf(node)
  if (variants.length === 0) return undefined
  const each = variants.map(allowedBy)
  return each.every((values) => values !== undefined) ? each.flat() : undefined
}

function limitsOf({ minimum, maximum }: SettingSchema): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (minimum !== undefined) return `at least ${minimum}`
  return maximum === undefined ? undefined : `at most ${maximum}`
}

function isSecret(node: SettingSchema): boolean {
  return node.secret === true || variantsOf(node).some(isSecret) || (node.items !== undefined && isSecret(node.items))
}

function either(words: readonly string[]): string {
  const distinct = [...new Set(words)]
  const last = distinct.at(-1) ?? ''
  return distinct.length < 2 ? last : `${distinct.slice(0, -1).join(', ')} or ${last}`
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
