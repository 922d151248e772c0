import { readFindingHeaders, requireSchema } from '../../schemas/records.ts'
import type { Assignment, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { KeyTable } from './key-table.ts'
import { OffsetList } from './offset-list.ts'

export interface FirstReadOptions {
  readonly tenant: string
  /** From where on the partition has not been delivered. */
  readonly from: bigint
  /** The offset behind what stood on posture.findings when the sink was new. */
  readonly before: bigint
}

const REVISION = 0
const OFFSET = 1

/**
 * What a new sink gets of the revisions that stood on a partition when it came: of each finding the highest. It is found
 * in a first pass over the partition, in about 60 bytes a finding; then only the offsets are kept, 8 bytes a finding.
 */
export class FirstRead {
  readonly before: bigint
  /** Of what is to be delivered. */
  #offsets: OffsetList
  #hasEnded = false

  private constructor(before: bigint, offsets: OffsetList) {
    this.before = before
    this.#offsets = offsets
  }

  static async plan({ restore }: Pick<Assignment, 'restore'>, options: FirstReadOptions): Promise<FirstRead> {
    const pass = new FirstPass(options.tenant)
    await restore(topics.findings.name, options.from, (records) => {
      for (const record of records) if (record.offset < options.before) pass.take(record)
    })
    return new FirstRead(options.before, pass.offsets())
  }

  /** Whether the revision at this offset is to be delivered; all are that came later. */
  wants(offset: bigint): boolean {
    return offset >= this.before || this.#offsets.has(offset)
  }

  /** Whether nothing that stood there before is left to be delivered from this offset on. */
  isOverAt(offset: bigint): boolean {
    return this.#offsets.isOverAt(offset)
  }

  /** Whether it has been noted that nothing is left. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  end(): void {
    this.#hasEnded = true
    this.#offsets = new OffsetList(new Float64Array(0))
  }
}

class FirstPass {
  readonly #tenant: string
  readonly #findings = new KeyTable(2)
  /** What cannot be read is a dead letter, or stops the sink: either way it is looked at. */
  readonly #unreadable: number[] = []

  constructor(tenant: string) {
    this.#tenant = tenant
  }

  take({ key, value, headers, offset }: StreamRecord): void {
    const { tenant: owner } = headers
    if (owner !== undefined && owner !== this.#tenant) return
    if (value === null) return this.#findings.delete(key)
    try {
      requireSchema(headers, 'posture-finding')
      const about = readFindingHeaders(headers)
      const known = this.#findings.get(about.key, REVISION)
      if (known === undefined || about.revision > known) this.#findings.set(about.key, about.revision, Number(offset))
    } catch {
      this.#unreadable.push(Number(offset))
    }
  }

  offsets(): OffsetList {
    const latest = this.#findings.column(OFFSET)
    const offsets = new Float64Array(latest.length + this.#unreadable.length)
    offsets.set(latest)
    offsets.set(this.#unreadable, latest.length)
    return new OffsetList(offsets)
  }
}
