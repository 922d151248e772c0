import type { FindingContext } from '../enricher.ts'
import type { EvidenceVector } from '../evidence.ts'

/** All evidence about a finding: what its priority was decided by, and what else the enrichers found out. */
export function knownOf({
  exposure,
  anonymousAccess,
  identity,
  data,
  path,
  asset,
  priority,
}: FindingContext): EvidenceVector {
  return {
    ...(exposure && { exposure }),
    ...(anonymousAccess && { anonymousAccess }),
    ...(identity && { identity }),
    ...(data && { data }),
    ...(path && { path }),
    ...(asset && { asset }),
    ...priority?.evidence,
  }
}
