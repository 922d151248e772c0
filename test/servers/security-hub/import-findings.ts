import { createHash } from 'node:crypto'
import { isObject, type Json } from './checks.ts'
import { HubRefusal } from './codes.ts'
import type { Hub } from './hub.ts'
import { asffProblems, MOST_BYTES, MOST_FINDING_BYTES, MOST_FINDINGS } from './limits.ts'
import type { HubPlace } from './options.ts'
import { identityOf } from './store.ts'
import { created, updated } from './update-rules.ts'

interface Failure {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

/** BatchImportFindings: each finding is taken or fails for itself. Throws where the request as a whole is not right. */
export function batchImportFindings(hub: Hub, input: Json, place: HubPlace, bytes: number): object {
  const { Findings } = input
  if (bytes > MOST_BYTES)
    throw new HubRefusal('RequestEntityTooLargeException', `The request has ${bytes} bytes; the limit is 6 MB`)
  if (!Array.isArray(Findings) || Findings.length < 1 || Findings.length > MOST_FINDINGS)
    throw new HubRefusal('InvalidInputException', 'Invalid parameter: Findings must have 1 to 100 elements')
  if (!Findings.every(isObject))
    throw new HubRefusal('InvalidInputException', 'Invalid parameter: Findings must have objects for elements')
  const failed = Findings.flatMap((finding) => {
    const failure = importFinding(hub, finding, place)
    return failure === undefined ? [] : [{ Id: String(finding['Id']), ...failure }]
  })
  return { FailedCount: failed.length, SuccessCount: Findings.length - failed.length, FailedFindings: failed }
}

function importFinding(hub: Hub, sent: Json, place: HubPlace): Failure | undefined {
  // The user guide: without Security Hub enabled the findings come back with InvalidAccess, not the request.
  if (!hub.isEnabled(place))
    return { ErrorCode: 'InvalidAccess', ErrorMessage: `Security Hub is not enabled for ${place.account}` }
  const code = hub.faults.codeFor(sent['Id'], 'InternalError')
  if (code !== undefined) return { ErrorCode: code, ErrorMessage: 'Internal error, as was asked for' }
  const problems = asffProblems(sent, { ...place, partnerProducts: hub.partnerProducts })
  if (problems.length > 0) return invalid(sent, problems)
  keep(hub, sent, place)
  return undefined
}

function invalid(sent: Json, problems: readonly string[]): Failure {
  const large = Buffer.byteLength(JSON.stringify(sent)) > MOST_FINDING_BYTES
  const list = large ? problems.filter((each) => each.includes('240 KB')) : problems
  return {
    ErrorCode: 'InvalidInput',
    ErrorMessage: `Finding does not adhere to Amazon Finding Format. ${list.join(', ')}.`,
  }
}

function keep({ store, clock, violations }: Hub, sent: Json, place: HubPlace): void {
  // A partner's findings are those of the account that they name.
  const own: HubPlace = { account: String(sent['AwsAccountId']), region: place.region }
  const stored = store.find(identityOf(sent), own)
  const digest = createHash('sha256').update(JSON.stringify(sent)).digest('base64')
  // The same once more is a client that did not hear the answer, and no violation.
  if (stored?.sent === digest) return
  const { document, violations: found } = stored
    ? updated(stored.document, sent, stored.touched, own, clock())
    : created(sent, own, clock())
  violations.push(...found.map((each) => ({ ...each, ...own, id: String(sent['Id']) })))
  if (document === undefined) return
  const kept = stored ?? store.put(own, () => document)
  kept.document = document
  kept.sentAt = clock()
  kept.sent = digest
}
