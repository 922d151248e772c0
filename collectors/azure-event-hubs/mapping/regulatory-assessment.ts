import { PermanentError } from '../../../core/errors.ts'
import type { ControlStatement } from '../../records/control-event.ts'
import type { JsonObject } from '../../records/fields.ts'
import type { MappingOptions } from '../../records/mapped.ts'
import { AnyCase } from './any-case.ts'
import { DEFENDER } from './defender-source.ts'
import { isDeletion } from './envelope.ts'

const ID =
  /^\/subscriptions\/([^/]+)\/(?:.*\/)?providers\/microsoft\.security\/regulatorycompliancestandards\/([^/]+)\/regulatorycompliancecontrols\/([^/]+)\/regulatorycomplianceassessments\/([^/]+)\/*$/i

/**
 * What a message about regulatory compliance says of an assessment: that it tests a requirement of a standard in its
 * subscription. How many resources pass it is left to the assessments themselves. Throws a PermanentError
 * (`RECORD_INCOMPLETE`) where its id does not say all that.
 */
export function regulatoryAssessment(record: JsonObject, { reportedAt }: MappingOptions): ControlStatement {
  const root = new AnyCase(record, new Set())
  const [, account, standard, requirement, assessment] = ID.exec(root.text('id')?.toWellFormed() ?? '') ?? []
  if (account === undefined || standard === undefined || requirement === undefined || assessment === undefined)
    throw new PermanentError(
      'RECORD_INCOMPLETE',
      'the record has no id that names a subscription, a standard, a control of it and an assessment (id)',
    )
  return {
    control: { product: DEFENDER, provider: 'azure', account: account.toLowerCase(), uid: assessment.toLowerCase() },
    standard: decoded(standard),
    requirement: decoded(requirement),
    ...(isDeletion(root) ? { withdrawn: true } : {}),
    at: reportedAt,
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
