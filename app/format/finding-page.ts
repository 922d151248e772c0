import { exposureLines } from './exposure-in-event.ts'
import { joined, viewOf, type FindingView } from './finding-view.ts'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { labelled, type PageOptions } from './page.ts'
import { instant, oneLine, wrap } from './text.ts'

const LABEL_WIDTH = 13

/** All that a person needs to judge and mend one finding, as a page of labelled paragraphs. */
export function findingPage(finding: StoredFinding, { columns, paint }: PageOptions): string {
  const view = viewOf(finding)
  const title = wrap(view.title, columns).map((line) => paint.bold(line))
  const rows = paragraphs(finding, view).flatMap(([label, ...texts]) => {
    const lines = texts.filter((text) => text !== '').flatMap((text) => wrap(text, columns - LABEL_WIDTH))
    return labelled(label, lines, LABEL_WIDTH, paint)
  })
  return [...title, '', ...rows].join('\n')
}

/** Label and paragraphs; an empty paragraph is left out, and so is a label without any. */
function paragraphs(finding: StoredFinding, view: FindingView): [label: string, ...texts: string[]][] {
  return [
    ['Priority', priorityLine(finding, view)],
    ['Why', ...view.reasons],
    ['Lower', ...view.remedies],
    ['Not known', view.unknowns.join(', ')],
    ['Exposure', ...exposureLines(finding)],
    ['Due', dueLine(finding, view)],
    ['CISA', cisaLine(view)],
    ['State', stateLine(finding, view)],
    ['', view.firstSeen === undefined ? '' : `first seen ${instant(view.firstSeen)}`],
    ['', view.lastSeen === undefined ? '' : `last seen ${instant(view.lastSeen)}`],
    ['Severity', severityLine(view)],
    ...view.resources.map(({ uid, name, type, region }, index): [string, ...string[]] => [
      index === 0 ? 'Resource' : '',
      uid || name,
      joined([uid === '' || uid.endsWith(name) ? '' : name, type, region], ', '),
    ]),
    ['Owner', view.owner],
    ['Account', joined([view.account, view.accountName, view.provider], ', ')],
    ['Control', view.control],
    ['Observed', view.message === view.title ? '' : view.message],
    ['Description', view.description],
    ['Risk', view.risk],
    ['Remediation', view.remediation, ...view.links],
    ['Standards', ...view.requirements],
    ['Source', joined([view.product, view.sourceUid], ', id ')],
    ['Key', `${finding.key}, revision ${finding.revision}${changed(view)}`],
  ]
}

function priorityLine({ priority }: StoredFinding, { score, range, evaluation }: FindingView): string {
  return joined(
    [
      priority,
      score === undefined ? '' : `score ${score}`,
      range.length < 2 ? '' : `${range.join(' to ')} possible`,
      evaluation === 'evaluated' ? '' : evaluation.replaceAll('_', ' '),
    ],
    ', ',
  )
}

function dueLine({ state }: StoredFinding, { due }: FindingView): string {
  return due === undefined || state === 'resolved' || state === 'gone' ? '' : instant(due)
}

/** What SSVC and BOD 26-04 say, beside the priority. */
function cisaLine({ cve }: FindingView): string {
  if (cve === undefined) return ''
  const due = cve.bodDue === undefined ? '' : `, due ${instant(cve.bodDue)}`
  const told = `${cve.uid}: SSVC ${cve.ssvc.join(' or ')}; BOD 26-04 ${cve.bod.join(' or ')}${due}`
  return cve.unknown.length === 0 ? told : `${told}; not known: ${cve.unknown.join(', ')}`
}

function stateLine({ state }: StoredFinding, { openedAt, closedAt, changedAt }: FindingView): string {
  const since = { open: openedAt, muted: changedAt, resolved: closedAt, gone: closedAt }[state] ?? changedAt
  return since === undefined ? state : `${state} since ${instant(since)}`
}

function severityLine({ severity, sourceSeverity }: FindingView): string {
  const other = sourceSeverity !== undefined && sourceSeverity.toLowerCase() !== severity.toLowerCase()
  return other ? `${severity} (the source says ${oneLine(sourceSeverity)})` : severity
}

function changed({ changedAt }: FindingView): string {
  return changedAt === undefined ? '' : `, changed ${instant(changedAt)}`
}
