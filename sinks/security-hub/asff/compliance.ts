import type { Compliance, ComplianceStatus } from '@aws-sdk/client-securityhub'
import { at, list, numberAt, type Json } from '../event.ts'
import { LIMITS } from './limits.ts'
import { fitAll, present } from './text.ts'

/** By OCSF's status_id; what was not tested, or does not apply any more, is not available. */
const STATUSES: Readonly<Record<number, ComplianceStatus>> = { 1: 'PASSED', 2: 'WARNING', 3: 'FAILED' }

/** The test's result with the standards it counts for; undefined for findings that are no test's. */
export function asffCompliance({ compliance }: Json): Compliance | undefined {
  if (typeof compliance !== 'object' || compliance === null) return undefined
  const standards = fitAll(list(at(compliance, 'standards')), LIMITS.standard, LIMITS.associatedStandards)
  const requirements = list(at(compliance, 'requirements'))
  return present({
    Status: STATUSES[numberAt(compliance, 'status_id') ?? 0] ?? 'NOT_AVAILABLE',
    RelatedRequirements: fitAll(requirements, LIMITS.relatedRequirement, LIMITS.relatedRequirements),
    AssociatedStandards: standards.map((StandardsId) => ({ StandardsId })),
  })
}
