import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SAMPLE = join(import.meta.dirname, '../../samples/scan-1/prowler.ocsf.json')

/** Puts a small report where a collector looks, again and again, so that its source is not silent. */
export class ReportFeed {
  readonly #directory: () => string
  readonly #record: object
  #timer: NodeJS.Timeout | undefined
  #count = 0

  constructor(directory: () => string) {
    const [first] = JSON.parse(readFileSync(SAMPLE, 'utf8')) as [object]
    this.#directory = directory
    this.#record = first
  }

  start(everyMs: number): void {
    this.put()
    this.#timer = setInterval(() => this.put(), everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** One report more, with what a scanner says, or something else. */
  put(content: object = [this.#record]): void {
    const name = `report-${String((this.#count += 1)).padStart(4, '0')}.json`
    const beside = join(this.#directory(), `..`, name)
    writeFileSync(beside, `${JSON.stringify(content)}\n${' '.repeat(this.#count)}`)
    renameSync(beside, join(this.#directory(), name))
  }
}
