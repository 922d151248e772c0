import { MAJORS } from '../../schemas/records.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { ProcessReports } from './process-report.ts'

const HEADERS = { 'content-type': 'application/json', schema: `process-report/${MAJORS['process-report']}` }

/** The one record on posture.status that is this process's. */
export class StatusRecord {
  readonly #process: string
  readonly #reports: ProcessReports
  readonly #schemas: SchemaRegistry

  constructor(process: string, reports: ProcessReports, schemas: SchemaRegistry) {
    this.#process = process
    this.#reports = reports
    this.#schemas = schemas
  }

  /** Says what the process is doing; resolves once that is durable. */
  async renew(stream: Pick<Stream, 'publish'>): Promise<void> {
    const report = await this.#reports.now()
    await this.#put(stream, Buffer.from(this.#schemas.encode('process-report', report)))
  }

  /** Says that the process is no more. */
  async remove(stream: Pick<Stream, 'publish'>): Promise<void> {
    await this.#put(stream, null)
  }

  async #put(stream: Pick<Stream, 'publish'>, value: Uint8Array | null): Promise<void> {
    await stream.publish(topics.status.name, [{ key: this.#process, value, headers: HEADERS }])
  }
}
