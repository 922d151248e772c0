import { PermanentError } from '../../../core/errors.ts'
import { attempt } from '../../records/attempt.ts'
import type { JsonObject } from '../../records/fields.ts'
import type { Mapper, MappingOptions } from '../../records/mapped.ts'
import type { MappedRecord, MessageFormat } from '../../messages/message-reading.ts'
import { mapAlert } from './alert.ts'
import { mapAssessment } from './assessment.ts'
import { readDefenderBody } from './defender-body.ts'
import { recordKind } from './record-kind.ts'
import { regulatoryAssessment } from './regulatory-assessment.ts'
import { mapSubAssessment } from './sub-assessment.ts'

const MAPPERS = { assessment: mapAssessment, 'sub-assessment': mapSubAssessment, alert: mapAlert } as const

/** How Defender for Cloud writes what it exports continuously. */
export const defenderFormat: MessageFormat = { open: readDefenderBody, map: mapDefender }

/**
 * Maps one record by what it says it is: assessments, their parts and alerts are findings, what is said of an assessment
 * and a standard is said of a control, and sums (scores, standards) are counted only. Pure; never throws.
 */
function mapDefender(record: unknown, options: MappingOptions): MappedRecord {
  const found = recordKind(record)
  if (found?.kind === 'other') return { outcome: 'other', kind: found.type.toWellFormed() }
  if (found?.kind === 'regulatory-assessment') return controlOf(record as JsonObject, options)
  const mapper: Mapper = found === undefined ? refused : MAPPERS[found.kind]
  return attempt(record, (fields) => mapper(fields, options))
}

function controlOf(record: JsonObject, options: MappingOptions): MappedRecord {
  try {
    return { outcome: 'control', control: regulatoryAssessment(record, options) }
  } catch (error) {
    if (error instanceof PermanentError) return { outcome: 'rejected', error }
    throw error
  }
}

function refused(record: JsonObject): never {
  const fields = Object.keys(record).slice(0, 8).join(', ') || 'none'
  throw new PermanentError(
    'RECORD_UNKNOWN',
    `the record is nothing that Defender for Cloud exports: its fields are ${fields}`,
  )
}
