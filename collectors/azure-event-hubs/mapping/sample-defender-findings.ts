import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Statement } from '../../records/mapped.ts'

/** A record as Defender for Cloud exports it, and what it states, field by field. */
interface Sample {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly statement: Statement
}

/** When every one of them came into the hub. */
export const ENQUEUED = Date.UTC(2026, 10, 25, 13)

export const defenderFindings: readonly Sample[] = ['assessments', 'sub-assessments', 'alerts'].flatMap(read)

function read(name: string): readonly Sample[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'samples', `${name}.json`), 'utf8')) as readonly Sample[]
}
