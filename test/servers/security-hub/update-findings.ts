import { Checks, isObject, type Json } from './checks.ts'
import { HubRefusal } from './codes.ts'
import type { Hub } from './hub.ts'
import { MOST_FINDING_BYTES, MOST_FINDINGS } from './limits.ts'
import type { HubPlace } from './options.ts'
import { checkCustomerFields } from './parts.ts'
import { identityOf, type StoredFinding } from './store.ts'
import { completeSeverity } from './update-rules.ts'

const FIELDS = [
  'Note',
  'Severity',
  'VerificationState',
  'Confidence',
  'Criticality',
  'Types',
  'UserDefinedFields',
  'Workflow',
  'RelatedFindings',
]
const MESSAGES: Readonly<Record<string, string>> = {
  ConcurrentUpdateError: 'Concurrent finding updates detected',
  DuplicatedFindingIdentifier: 'Finding Identifier is duplicated',
  FindingNotFound: 'Finding Not Found',
  FindingSizeExceeded: 'Finding size exceeded 240 KB',
  InternalFailure: 'Internal service failure',
  InvalidInput: 'Invalid Input',
}

/** BatchUpdateFindings: one change for up to 100 findings, each of which is processed or not. UpdatedAt never moves. */
export function batchUpdateFindings(hub: Hub, input: Json, place: HubPlace): object {
  const { FindingIdentifiers: identifiers } = input
  if (!Array.isArray(identifiers) || identifiers.length < 1 || identifiers.length > MOST_FINDINGS)
    throw new HubRefusal('InvalidInputException', 'Invalid parameter: FindingIdentifiers must have 1 to 100 elements')
  if (
    !identifiers.every(
      (each) => isObject(each) && typeof each['Id'] === 'string' && typeof each['ProductArn'] === 'string',
    )
  )
    throw new HubRefusal(
      'InvalidInputException',
      'Invalid parameter: FindingIdentifiers must have an Id and a ProductArn',
    )
  const checks = new Checks()
  checkCustomerFields(checks, input, 'data', true)
  checks.noBlanks(input, 'data')
  if (!FIELDS.some((name) => input[name] !== undefined)) checks.say('data', 'should change something')
  const processed: Json[] = []
  const unprocessed: Json[] = []
  for (const identifier of identifiers as readonly Json[]) {
    const code = failureOf(hub, { input, identifier, identifiers, place, problems: checks.problems })
    const message = [MESSAGES[code ?? ''] ?? code, ...(code === 'InvalidInput' ? checks.problems : [])].join('. ')
    if (code === undefined) processed.push(identifier)
    else unprocessed.push({ FindingIdentifier: identifier, ErrorCode: code, ErrorMessage: message })
  }
  return { ProcessedFindings: processed, UnprocessedFindings: unprocessed }
}

interface Update {
  readonly input: Json
  readonly identifier: Json
  readonly identifiers: readonly unknown[]
  readonly place: HubPlace
  readonly problems: readonly string[]
}

/** Does the update of one finding; the code where it does not. */
function failureOf(hub: Hub, { input, identifier, identifiers, place, problems }: Update): string | undefined {
  const code = hub.faults.codeFor(identifier['Id'], 'InternalFailure')
  if (code !== undefined) return code
  const identity = identityOf(identifier)
  if (identifiers.filter((each) => identityOf(each as Json) === identity).length > 1)
    return 'DuplicatedFindingIdentifier'
  const found = hub.store.findVisible(identity, place)
  if (found.length === 0) return 'FindingNotFound'
  if (problems.length > 0) return 'InvalidInput'
  const changes = found.map((stored) => changed(stored.document, input, hub.clock()))
  if (changes.some((document) => Buffer.byteLength(JSON.stringify(document)) > MOST_FINDING_BYTES))
    return 'FindingSizeExceeded'
  found.forEach((stored, index) => take(stored, input, changes[index]!))
  return undefined
}

/** Makes the change of a customer in a stored finding, unchecked. */
export function applyUpdate(stored: StoredFinding, update: Json, now: number): void {
  take(stored, update, changed(stored.document, update, now))
}

function take(stored: StoredFinding, update: Json, document: Json): void {
  for (const name of FIELDS) if (update[name] !== undefined) stored.touched.add(name)
  stored.document = document
}

/** Each field that is given takes the place of the old one whole; nobody has documented that UserDefinedFields are merged. */
function changed(document: Json, update: Json, now: number): Json {
  const fields = Object.fromEntries(
    FIELDS.filter((name) => update[name] !== undefined).map((name) => [name, update[name]]),
  )
  const { Note, Severity } = update
  return {
    ...document,
    ...fields,
    ...(isObject(Note) ? { Note: { ...Note, UpdatedAt: new Date(now).toISOString() } } : {}),
    ...(isObject(Severity) ? { Severity: completeSeverity(Severity) } : {}),
  }
}
