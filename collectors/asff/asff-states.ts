import { OWN_WORKFLOW_FIELD } from '../../schemas/security-hub-marks.ts'
import type { FindingObserved, Verdict, WorkflowStatus } from '../../schemas/generated/posture-event.ts'
import type { Fields } from '../records/fields.ts'
import type { MappingOptions } from '../records/mapped.ts'
import { present, type Present } from '../records/present.ts'

interface States {
  readonly verdict: Verdict
  readonly mute: FindingObserved['mute'] | undefined
  readonly workflow: FindingObserved['workflow'] | undefined
  readonly archived: true | undefined
  readonly deleted: true | undefined
}

/** Whose finding it is, what it is about, and when it was stated. */
interface Subject {
  readonly isProwler: boolean
  readonly resource: string
  /** The finding's own time. */
  readonly at: number
  /** When the source was asked: the time of what it does not stamp. */
  readonly asked: number
}

const VERDICTS: ReadonlyMap<string | undefined, Verdict['value']> = new Map([
  ['PASSED', 'pass'],
  ['FAILED', 'fail'],
])
const WORKFLOW: ReadonlyMap<string | undefined, WorkflowStatus> = new Map([
  ['NEW', 'new'],
  ['NOTIFIED', 'notified'],
  ['RESOLVED', 'resolved'],
])
const SUPPRESSED = 'SUPPRESSED'
/** How Prowler writes a muted finding: the verdict is lost. */
const PROWLER_MUTED = 'WARNING'
/** The reasons for a result that is not available which a deleted resource has; every other one is a fault of the check. */
const DELETION_REASONS = new Set(['CONFIG_EVALUATIONS_EMPTY', 'CONFIG_RETURNS_NOT_APPLICABLE'])
const ACCOUNT = /^AWS::::Account:/

/** When the source was asked about what it does not stamp: never before the finding's own time. */
export function askedAt(at: number, { reportedAt }: MappingOptions): number {
  return Math.max(at, reportedAt)
}

/**
 * The facts that ASFF keeps apart: the test's result, the mute, the work on it, and whether it was taken back. Nothing
 * stamps a change of the workflow (BatchUpdateFindings leaves UpdatedAt), so it counts from when the source was asked.
 */
export function asffStates(root: Fields, { isProwler, resource, at, asked }: Subject): Present<States> {
  const result = root.object('Compliance').text('Status')?.toUpperCase()
  const workflow = foreignWorkflow(root)
  const status = WORKFLOW.get(workflow)
  const archived = root.text('RecordState')?.toUpperCase() === 'ARCHIVED'
  return present<States>({
    verdict: verdictOf(root, isProwler, at),
    mute: muteOf(isProwler, result, workflow, at, asked),
    workflow: status === undefined ? undefined : { status, at: asked },
    archived: archived ? true : undefined,
    deleted: archived && result === 'NOT_AVAILABLE' && isDeletion(root, resource) ? true : undefined,
  })
}

/** The workflow as people and products at the source set it; undefined while it is as we set it ourselves. */
function foreignWorkflow(root: Fields): string | undefined {
  const workflow = root.object('Workflow').text('Status')?.toUpperCase()
  return workflow === root.object('UserDefinedFields').text(OWN_WORKFLOW_FIELD)?.toUpperCase() ? undefined : workflow
}

/**
 * Of a deleted resource Security Hub makes the result NOT_AVAILABLE and archives the finding at once. What is archived
 * with a result has another reason: the control was disabled, or the finding was not updated any more.
 */
function isDeletion(root: Fields, resource: string): boolean {
  const codes = root.object('Compliance').objects('StatusReasons')
  return !ACCOUNT.test(resource) && codes.every((each) => DELETION_REASONS.has(each.text('ReasonCode') ?? ''))
}

/** A record without a test's result states by being there that something is wrong. */
function verdictOf(root: Fields, isProwler: boolean, at: number): Verdict {
  const word = root.object('Compliance').text('Status')
  const reasons = root
    .object('Compliance')
    .objects('StatusReasons')
    .flatMap((each) => each.text('Description') ?? each.text('ReasonCode') ?? [])
  const detail = isProwler ? root.text('Description') : reasons.join('; ') || undefined
  const value = word === undefined ? 'fail' : (VERDICTS.get(word.toUpperCase()) ?? 'none')
  return present({ value, word, detail, at })
}

function muteOf(
  isProwler: boolean,
  result: string | undefined,
  workflow: string | undefined,
  at: number,
  asked: number,
): FindingObserved['mute'] {
  if (isProwler && workflow !== SUPPRESSED) return { muted: result === PROWLER_MUTED, at }
  return workflow === undefined ? undefined : { muted: workflow === SUPPRESSED, at: asked }
}
