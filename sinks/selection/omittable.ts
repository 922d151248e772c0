import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OCSF_CLASSES, OCSF_VERSION } from '../../schemas/ocsf/validator.ts'

/** As far as the official schemas are read here. */
interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Choice[]
  readonly oneOf?: readonly Choice[]
}
interface Choice {
  readonly required?: readonly string[]
}

export interface OmitProblem {
  readonly problem: string
  readonly remedy: string
}

/** What OCSF can do without, and those who read our events cannot. */
const NEEDED: Readonly<Record<string, string>> = {
  'finding_info.uid_alt': 'it is the key of the finding',
  'metadata.sequence': 'it is the revision of the finding',
  'metadata.modified_time': 'it says when the finding changed',
  'metadata.profiles': 'it says how the event is to be read',
  status: 'without it nobody sees that a finding is closed',
  status_id: 'without it nobody sees that a finding is closed',
}

/** Says which attributes may be left out of an event, by the official schemas of the classes of findings. */
export class Omittable {
  readonly #byId: ReadonlyMap<string, Schema>

  constructor() {
    const file = join(import.meta.dirname, `../../schemas/ocsf/${OCSF_VERSION}.schemas.json`)
    const schemas = JSON.parse(readFileSync(file, 'utf8')) as (Schema & { readonly $id: string })[]
    this.#byId = new Map(schemas.map((schema) => [schema.$id, schema]))
  }

  /** Why an attribute cannot be left out; undefined where it can. */
  problemOf(path: string): OmitProblem | undefined {
    const names = path.split('.')
    let parents = [...OCSF_CLASSES.values()].map((name) => this.#byId.get(`ocsf:classes/${name}`)!)
    for (const [at, name] of names.entries()) {
      const here = names.slice(0, at + 1).join('.')
      // Below an attribute of any form, such as resources.data, everything may be left out.
      if (parents.some(isFreeForm)) return undefined
      parents = parents.filter(({ properties }) => properties !== undefined)
      if (!parents.some((parent) => Object.hasOwn(parent.properties!, name))) return unknown(here)
      const why = at === names.length - 1 ? (neededBy(parents, name) ?? NEEDED[path]) : undefined
      if (why !== undefined) return needed(path, why)
      parents = parents.flatMap(({ properties }) => this.#resolved(properties![name]))
    }
    return undefined
  }

  #resolved(schema: Schema | undefined): Schema[] {
    if (schema === undefined) return []
    const { items, $ref } = schema
    if (items !== undefined) return this.#resolved(items)
    return [$ref === undefined ? schema : this.#byId.get($ref)!]
  }
}

function isFreeForm({ properties, type }: Schema): boolean {
  return Object.keys(properties ?? {}).length === 0 && [type].flat().includes('object')
}

/** Why OCSF wants an attribute in one of the objects that have it. */
function neededBy(parents: readonly Schema[], name: string): string | undefined {
  const required = new Set(parents.flatMap((parent) => parent.required ?? []))
  if (required.has(name)) return 'OCSF requires it'
  for (const choices of parents.flatMap(({ anyOf, oneOf }) => [anyOf ?? [], oneOf ?? []])) {
    const choice = choices.flatMap((each) => each.required ?? [])
    // What another class requires we always write, so that this one has it too.
    if (choice.includes(name) && !choice.some((each) => required.has(each)))
      return `OCSF requires one of ${choice.join(', ')}`
  }
  return undefined
}

function needed(path: string, why: string): OmitProblem {
  return { problem: `${path} cannot be left out: ${why}`, remedy: 'remove it from the list' }
}

function unknown(path: string): OmitProblem {
  return {
    problem: `${path} is no attribute of a finding in OCSF ${OCSF_VERSION}`,
    remedy: 'check the spelling; lists are passed through, as in resources.data',
  }
}
