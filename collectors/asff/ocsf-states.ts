import type { FindingObserved, Verdict, WorkflowStatus } from '../../schemas/generated/posture-event.ts'
import type { Fields } from './fields.ts'
import { present } from './present.ts'

type States = Pick<FindingObserved, 'verdict' | 'mute' | 'workflow' | 'archived' | 'deleted'>

const [PASS, FAIL] = [1, 3]
const [SUPPRESSED, ARCHIVED, DELETED] = [3, 5, 6]
const CLOSE = 3
const VERDICT_WORDS: ReadonlyMap<string | undefined, Verdict['value']> = new Map([
  ['pass', 'pass'],
  ['passed', 'pass'],
  ['fail', 'fail'],
  ['failed', 'fail'],
])
/** In Progress is how Security Hub writes its NOTIFIED in OCSF. */
const WORKFLOW_BY_ID: ReadonlyMap<number | undefined, WorkflowStatus> = new Map([
  [1, 'new'],
  [2, 'notified'],
  [4, 'resolved'],
])
const WORKFLOW_BY_WORD: ReadonlyMap<string | undefined, WorkflowStatus> = new Map([
  ['new', 'new'],
  ['notified', 'notified'],
  ['resolved', 'resolved'],
])

/**
 * The facts that Security Hub's OCSF document keeps apart: compliance is the test's result, status the mute and the work
 * on it, and a closing activity says that the source does not stand by it any more. Nothing stamps a change of the status.
 */
export function ocsfStates(root: Fields, at: number, asked: number): States {
  const id = root.number('status_id')
  const word = root.text('status')?.toLowerCase()
  const isSaid = id !== undefined || word !== undefined
  const workflow = WORKFLOW_BY_WORD.get(word) ?? WORKFLOW_BY_ID.get(id)
  const deleted = id === DELETED
  const archived = deleted || id === ARCHIVED || isClosed(root)
  return present({
    verdict: verdictOf(root, at),
    mute: isSaid ? { muted: id === undefined ? word === 'suppressed' : id === SUPPRESSED, at: asked } : undefined,
    workflow: workflow === undefined ? undefined : { status: workflow, at: asked },
    archived: archived || undefined,
    deleted: deleted || undefined,
  })
}

/** A document without a test's result states by being there that something is wrong. */
function verdictOf(root: Fields, at: number): Verdict {
  const compliance = root.object('compliance')
  const word = compliance.text('status_code') ?? compliance.text('status')
  const id = compliance.number('status_id')
  const detail = compliance.texts('status_details').join('; ') || undefined
  return present({ value: valueOf(id, word), word, detail, at })
}

function valueOf(id: number | undefined, word: string | undefined): Verdict['value'] {
  if (id === PASS) return 'pass'
  if (id === FAIL) return 'fail'
  if (id === undefined && word === undefined) return 'fail'
  return (id === undefined ? VERDICT_WORDS.get(word?.toLowerCase()) : undefined) ?? 'none'
}

function isClosed(root: Fields): boolean {
  return root.number('activity_id') === CLOSE || root.text('activity_name')?.toLowerCase() === 'close'
}
