import type { FindingObserved, Verdict, WorkflowStatus } from '../../schemas/generated/posture-event.ts'
import type { Fields } from '../records/fields.ts'
import type { OcsfDialect } from './ocsf-dialect.ts'
import { present } from '../records/present.ts'

type States = Pick<FindingObserved, 'verdict' | 'mute' | 'workflow' | 'archived' | 'deleted'>

const [PASS, FAIL] = [1, 3]
const [NEW, IN_PROGRESS, SUPPRESSED, RESOLVED, ARCHIVED, DELETED] = [1, 2, 3, 4, 5, 6]
const CLOSE = 3
const [SECURITY_FINDING, DATA_SECURITY] = [2001, 2006]
/** An activity of data security findings alone. */
const SUPPRESS = 4
const VERDICT_WORDS: ReadonlyMap<string | undefined, Verdict['value']> = new Map([
  ['pass', 'pass'],
  ['passed', 'pass'],
  ['success', 'pass'],
  ['compliant', 'pass'],
  ['fail', 'fail'],
  ['failed', 'fail'],
  ['failure', 'fail'],
  ['non_compliant', 'fail'],
  ['noncompliant', 'fail'],
])
const STATUS_WORDS: ReadonlyMap<string | undefined, number> = new Map([
  ['new', NEW],
  ['in progress', IN_PROGRESS],
  ['in_progress', IN_PROGRESS],
  ['suppressed', SUPPRESSED],
  ['resolved', RESOLVED],
  ['archived', ARCHIVED],
  ['deleted', DELETED],
])
const WORKFLOW_WORDS: ReadonlyMap<string | undefined, WorkflowStatus> = new Map([
  ['new', 'new'],
  ['notified', 'notified'],
  ['resolved', 'resolved'],
])

/**
 * The facts that an OCSF finding keeps apart: compliance is the test's result, status the mute and the work on it, and a
 * closing activity says that the source does not stand by it any more. `asked` is the time of what nothing stamps.
 */
export function ocsfStates(root: Fields, at: number, asked: number, dialect: OcsfDialect): States {
  // Of the first class the status is that of the event, and the finding's stands in its state.
  const key = dialect.isStamped && root.number('class_uid') === SECURITY_FINDING ? 'state' : 'status'
  const word = root.text(key)?.toLowerCase()
  const given = root.number(`${key}_id`)
  const id = given ?? STATUS_WORDS.get(word)
  const workflow = WORKFLOW_WORDS.get(word) ?? workflowOf(id, dialect)
  const isSuppressing = root.number('class_uid') === DATA_SECURITY && root.number('activity_id') === SUPPRESS
  const isSaid = given !== undefined || word !== undefined || isSuppressing
  const deleted = id === DELETED
  const archived = deleted || id === ARCHIVED || isClosed(root)
  return present({
    verdict: verdictOf(root, at, id, dialect),
    mute: isSaid ? { muted: isSuppressing || id === SUPPRESSED, at: asked } : undefined,
    workflow: workflow === undefined ? undefined : { status: workflow, at: asked },
    archived: archived || undefined,
    deleted: deleted || undefined,
  })
}

function workflowOf(id: number | undefined, { inProgress }: OcsfDialect): WorkflowStatus | undefined {
  if (id === NEW) return 'new'
  if (id === IN_PROGRESS) return inProgress
  return id === RESOLVED ? 'resolved' : undefined
}

/** A document without a test's result states by being there that something is wrong, unless its product has resolved it. */
function verdictOf(root: Fields, at: number, status: number | undefined, { isStamped }: OcsfDialect): Verdict {
  const compliance = root.object('compliance')
  const word = compliance.text('status_code') ?? compliance.text('status')
  const id = compliance.number('status_id')
  const details = compliance.texts('status_details')
  const former = isStamped ? (compliance.text('status_detail') ?? root.text('status_detail')) : undefined
  const detail = details.join('; ') || former
  if (id !== undefined || word !== undefined || !isStamped)
    return present({ value: valueOf(id, word), word, detail, at })
  // Some write the test's result there, as Prowler does.
  const code = root.text('status_code')
  const coded = VERDICT_WORDS.get(code?.toLowerCase())
  if (coded !== undefined) return present({ value: coded, word: code, detail, at })
  return present({ value: status === RESOLVED ? ('pass' as const) : ('fail' as const), detail, at })
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
