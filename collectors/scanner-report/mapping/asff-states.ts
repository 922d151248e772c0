import type { FindingObserved, Verdict, WorkflowStatus } from '../../../schemas/generated/posture-event.ts'
import type { Fields } from './fields.ts'
import type { MappingOptions } from './mapped.ts'
import { present, type Present } from './present.ts'

interface States {
  readonly verdict: Verdict
  readonly mute: FindingObserved['mute'] | undefined
  readonly workflow: FindingObserved['workflow'] | undefined
  readonly archived: true | undefined
}

const VERDICTS: Readonly<Record<string, Verdict['value']>> = { PASSED: 'pass', FAILED: 'fail' }
const WORKFLOW: Readonly<Record<string, WorkflowStatus>> = {
  NEW: 'new',
  NOTIFIED: 'notified',
  RESOLVED: 'resolved',
}
/** How Prowler writes a muted finding: the verdict is lost. */
const PROWLER_MUTED = 'WARNING'

/**
 * The four facts that ASFF keeps apart: the test's result, the mute, the work on it, and whether it was taken back.
 * Nothing stamps a change of the workflow (BatchUpdateFindings leaves UpdatedAt), so it counts from the report's time.
 */
export function asffStates(
  root: Fields,
  isProwler: boolean,
  at: number,
  { reportedAt }: MappingOptions,
): Present<States> {
  const result = root.object('Compliance').text('Status')?.toUpperCase()
  const workflow = root.object('Workflow').text('Status')?.toUpperCase()
  const asked = Math.max(at, reportedAt)
  const status = WORKFLOW[workflow ?? '']
  return present<States>({
    verdict: verdictOf(root, isProwler, at),
    mute: muteOf(isProwler, result, workflow, at, asked),
    workflow: status === undefined ? undefined : { status, at: asked },
    archived: root.text('RecordState')?.toUpperCase() === 'ARCHIVED' ? true : undefined,
  })
}

/** A record without a test's result states by being there that something is wrong. */
function verdictOf(root: Fields, isProwler: boolean, at: number): Verdict {
  const word = root.object('Compliance').text('Status')
  const reasons = root
    .object('Compliance')
    .objects('StatusReasons')
    .flatMap((each) => each.text('Description') ?? each.text('ReasonCode') ?? [])
  const detail = isProwler ? root.text('Description') : reasons.join('; ') || undefined
  const value = word === undefined ? 'fail' : (VERDICTS[word.toUpperCase()] ?? 'none')
  return present({ value, word, detail, at })
}

function muteOf(
  isProwler: boolean,
  result: string | undefined,
  workflow: string | undefined,
  at: number,
  asked: number,
): FindingObserved['mute'] {
  if (isProwler && workflow !== 'SUPPRESSED') return { muted: result === PROWLER_MUTED, at }
  return workflow === undefined ? undefined : { muted: workflow === 'SUPPRESSED', at: asked }
}
