import { setTimeout as sleep } from 'node:timers/promises'
import { PermanentError } from '../../../core/errors.ts'
import type { Properties } from '../template/field-types.ts'
import { MARK } from '../template/template.ts'
import type { Answer, Ask, Refusal } from './ask.ts'

/** What install left on a mapping or a template of ours; 0 and nothing where it is not ours. */
export interface FoundMark {
  readonly ours: boolean
  readonly version: number
  /** The index whose documents are not all there yet. */
  readonly copyingFrom: string | undefined
}

/** A mapping as it stands on the cluster. */
export interface FoundMapping {
  readonly mark: FoundMark
  readonly dynamic: string
  readonly properties: Properties
}

export interface FoundTemplate {
  readonly mark: FoundMark
  readonly patterns: readonly string[]
  readonly priority: number
  readonly components: readonly string[]
  /** Where it makes data streams. */
  readonly timeField: string | undefined
  readonly settings: Readonly<Record<string, unknown>>
  readonly aliases: Readonly<Record<string, unknown>>
  readonly mapping: FoundMapping
}

/** Everything that bears a name beginning with the one that was asked for. */
export interface Names {
  readonly indices: readonly string[]
  readonly aliases: ReadonlyMap<string, readonly string[]>
  readonly dataStreams: ReadonlyMap<string, { readonly timeField: string; readonly indices: readonly string[] }>
}

/** The few questions to a cluster that install is made of. */
export class Cluster {
  readonly #ask: Ask
  readonly #signal: AbortSignal

  constructor(ask: Ask, signal: AbortSignal) {
    this.#ask = ask
    this.#signal = signal
  }

  /** Lets the cluster work on; rejects when we are to end. */
  async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal })
  }

  /** The answer as it is. */
  ask(...request: Parameters<Ask>): Promise<Answer> {
    return this.#ask(...request)
  }

  /** What lies at the path; undefined where nothing does. */
  async read<T>(path: string): Promise<T | undefined> {
    const answer = await this.#ask('GET', path)
    if (answer.status === 404) return undefined
    if (answer.error !== undefined) throw refusal('GET', path, answer.error)
    return answer.body as T
  }

  /**
   * Changes something. Throws a PermanentError (`OPENSEARCH_REFUSED`) with the cluster's reason when it will not, except
   * for the types of error that are expected: then nothing was changed, and the result is undefined.
   */
  async change<T>(
    method: 'PUT' | 'POST',
    path: string,
    body: object | undefined,
    expected: readonly string[] = [],
  ): Promise<T | undefined> {
    const answer = await this.#ask(method, path, body)
    if (answer.error === undefined) return answer.body as T
    if (expected.includes(answer.error.type)) return undefined
    throw refusal(method, path, answer.error)
  }

  async template(name: string): Promise<FoundTemplate | undefined> {
    const found = await this.read<{ index_templates: readonly { name: string; index_template: WrittenTemplate }[] }>(
      `/_index_template/${encodeURIComponent(name)}`,
    )
    const written = found?.index_templates.find((each) => each.name === name)?.index_template
    return written && readTemplate(written)
  }

  async mapping(index: string): Promise<FoundMapping> {
    return (await this.mappings(index)).get(index) ?? readMapping()
  }

  /** The mapping of every index behind a name. */
  async mappings(name: string): Promise<ReadonlyMap<string, FoundMapping>> {
    const found = await this.read<Record<string, { mappings: WrittenMapping }>>(`/${encodeURIComponent(name)}/_mapping`)
    return new Map(Object.entries(found ?? {}).map(([index, { mappings }]) => [index, readMapping(mappings)]))
  }

  async names(start: string): Promise<Names> {
    const found = await this.read<Resolved>(`/_resolve/index/${encodeURIComponent(`${start}*`)}?expand_wildcards=all`)
    const { indices = [], aliases = [], data_streams: dataStreams = [] } = found ?? {}
    return {
      indices: indices.map(({ name }) => name).toSorted(),
      aliases: new Map(aliases.map((each) => [each.name, list(each.indices)])),
      dataStreams: new Map(
        dataStreams.map((each) => [
          each.name,
          { timeField: each.timestamp_field, indices: list(each.backing_indices).toSorted() },
        ]),
      ),
    }
  }
}

interface WrittenMark {
  readonly managed_by?: string
  readonly version?: number
  readonly copying_from?: string
}

interface WrittenMapping {
  readonly _meta?: WrittenMark
  readonly dynamic?: string | boolean
  readonly properties?: Properties
}

interface WrittenTemplate {
  readonly _meta?: WrittenMark
  readonly index_patterns: readonly string[]
  readonly priority?: number
  readonly composed_of?: readonly string[]
  readonly data_stream?: { readonly timestamp_field?: { readonly name?: string } }
  readonly template?: {
    readonly settings?: Readonly<Record<string, unknown>>
    readonly aliases?: Readonly<Record<string, unknown>>
    readonly mappings?: WrittenMapping
  }
}

function readTemplate({ _meta: mark, template = {}, ...written }: WrittenTemplate): FoundTemplate {
  return {
    mark: readMark(mark),
    patterns: written.index_patterns,
    priority: written.priority ?? 0,
    components: written.composed_of ?? [],
    timeField: written.data_stream?.timestamp_field?.name,
    settings: template.settings ?? {},
    aliases: template.aliases ?? {},
    mapping: readMapping(template.mappings),
  }
}

function readMapping({ _meta: mark, dynamic = true, properties = {} }: WrittenMapping = {}): FoundMapping {
  return { mark: readMark(mark), dynamic: String(dynamic), properties }
}

function readMark({ managed_by: manager, version = 0, copying_from: copyingFrom }: WrittenMark = {}): FoundMark {
  return { ours: manager === MARK.managed_by, version, copyingFrom }
}

interface Resolved {
  readonly indices?: readonly { readonly name: string }[]
  readonly aliases?: readonly { readonly name: string; readonly indices: string | readonly string[] }[]
  readonly data_streams?: readonly {
    readonly name: string
    readonly backing_indices: string | readonly string[]
    readonly timestamp_field: string
  }[]
}

/** A single one comes without a list. */
function list(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

function refusal(method: string, path: string, { type, reason }: Refusal): PermanentError {
  const [place] = path.split('?')
  return new PermanentError('OPENSEARCH_REFUSED', `${method} ${place} was refused: ${[type, reason].join(' ').trim()}`)
}
