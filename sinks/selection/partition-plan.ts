import { errorCode } from '../../core/errors.ts'
import { readFindingHeaders, requireSchema } from '../../schemas/records.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { readFinding } from '../read-batch.ts'
import type { SinkDefinition } from '../sink.ts'
import type { Filter } from './filter.ts'
import { KeyTable } from './key-table.ts'
import { OffsetList } from './offset-list.ts'
import { Telling } from './telling.ts'

export interface PartitionPlanOptions {
  readonly tenant: string
  readonly takes: SinkDefinition['takes']
  /** The sink's own. */
  readonly filter?: Filter | undefined
  /** On top of it. */
  readonly only?: Filter | undefined
  /** Whether the sink, by what it remembers, has delivered a finding and not closed it. */
  readonly isRemembered: ((key: string) => boolean) | undefined
  readonly from: bigint
  readonly before: bigint
}

const REVISION = 0
const OFFSET = 1

/** Finds out which revisions of one partition a replay gives its sink: of a latest-state sink, each finding's highest. */
export class PartitionPlan {
  readonly #options: PartitionPlanOptions
  readonly #tellings: readonly Telling[]
  readonly #latest = new KeyTable(2)
  readonly #all: number[] = []

  constructor(options: PartitionPlanOptions) {
    const { filter, only, isRemembered } = options
    this.#options = options
    this.#tellings = [
      ...(filter === undefined ? [] : [new Telling(filter, isRemembered)]),
      ...(only === undefined ? [] : [new Telling(only)]),
    ]
  }

  /** Takes the records of the partition in order. What cannot be read is a dead letter already, and left out. */
  take(record: StreamRecord): void {
    const { tenant, takes, from, before } = this.#options
    const { key, value, headers, offset } = record
    const owner = headers['tenant']
    if (offset >= before || (owner !== undefined && owner !== tenant)) return
    if (value === null) {
      this.#latest.delete(key)
      for (const telling of this.#tellings) telling.forget(key)
      return
    }
    const about = this.#selected(value, headers)
    if (about === undefined || offset < from) return
    if (takes === 'every-revision') this.#all.push(Number(offset))
    else if (about.revision > (this.#latest.get(about.key, REVISION) ?? 0))
      this.#latest.set(about.key, about.revision, Number(offset))
  }

  offsets(): OffsetList {
    const { takes } = this.#options
    return new OffsetList(takes === 'every-revision' ? Float64Array.from(this.#all) : this.#latest.column(OFFSET))
  }

  #selected(value: Uint8Array, headers: StreamRecord['headers']): { key: string; revision: number } | undefined {
    try {
      if (this.#tellings.length === 0) {
        requireSchema(headers, 'posture-finding')
        return readFindingHeaders(headers)
      }
      const finding = readFinding(value, headers)
      // Each is asked, because each goes by all that it has seen.
      const answers = this.#tellings.map((telling) => telling.takes(finding))
      return answers.every(Boolean) ? finding : undefined
    } catch (error) {
      if (errorCode(error) === 'SCHEMA_NEWER') throw error
      return undefined
    }
  }
}
