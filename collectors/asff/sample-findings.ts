import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Statement } from '../records/mapped.ts'

/** A body as its source writes it, and what it states, field by field. */
interface Sample {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly statement: Statement
}

/** When the source was asked for every one of them. */
export const ASKED = Date.UTC(2026, 10, 25, 13)

/** What Security Hub and the products that it holds write in ASFF. */
export const asffFindings: readonly Sample[] = [...read('asff-controls'), ...read('asff-products')]
/** What Security Hub writes in OCSF. */
export const ocsfFindings: readonly Sample[] = read('ocsf')

function read(name: string): readonly Sample[] {
  const path = join(import.meta.dirname, `../../test/samples/security-hub/${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Sample[]
}
