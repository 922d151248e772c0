import { ITEMS, spoken } from '../../enrichment/evidence.ts'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { EventReader } from './event-reader.ts'
import { oneLine } from './text.ts'

/** What of an OCSF event is shown to people; text is still as the source wrote it, lists are empty where nothing is known. */
export interface FindingView {
  readonly title: string
  readonly severity: string
  readonly sourceSeverity: string | undefined
  readonly score: number | undefined
  readonly reasons: readonly string[]
  /** What the priority rests on in the published names, after the override that decided it; empty where nothing is known. */
  readonly basis: string
  /** `evaluated`, `partly_evaluated` or `not_evaluated`; empty where the event does not say. */
  readonly evaluation: string
  /** The most and the least urgent band that it can have once all is known, in this order, where that is open. */
  readonly range: readonly string[]
  /** What would lower the priority. */
  readonly remedies: readonly string[]
  /** What is not known and could change the priority. */
  readonly unknowns: readonly string[]
  /** By when it is to be mended. */
  readonly due: number | undefined
  /** What CISA's tables say of its CVE. */
  readonly cve: CveView | undefined
  readonly owner: string
  readonly resources: readonly ResourceView[]
  readonly account: string
  readonly accountName: string | undefined
  readonly provider: string
  readonly region: string
  readonly control: string
  readonly message: string
  readonly description: string
  readonly risk: string
  readonly remediation: string
  readonly links: readonly string[]
  readonly requirements: readonly string[]
  readonly product: string
  readonly sourceUid: string
  readonly firstSeen: number | undefined
  readonly lastSeen: number | undefined
  readonly openedAt: number | undefined
  readonly closedAt: number | undefined
  readonly changedAt: number | undefined
}

export interface CveView {
  readonly uid: string
  readonly ssvc: readonly string[]
  readonly bod: readonly string[]
  readonly bodDue: number | undefined
  readonly unknown: readonly string[]
}

export interface ResourceView {
  readonly uid: string
  readonly name: string
  readonly type: string
  readonly region: string
}

/** Reads an event leniently: what is missing is empty, so that any OCSF finding can be shown. */
export function viewOf({ event }: StoredFinding): FindingView {
  const at = new EventReader(event)
  return {
    title: at.text('finding_info', 'title') || at.text('message') || at.text('finding_info', 'uid'),
    message: at.text('message'),
    description: at.text('finding_info', 'desc'),
    control: at.text('metadata', 'event_code') || at.text('compliance', 'control'),
    ...urgencyOf(at),
    owner: ownerOf(at),
    ...placeOf(at),
    ...remedyOf(at),
    ...timesOf(at),
    product: joined([at.text('metadata', 'product', 'name'), at.text('metadata', 'product', 'version')], ' '),
    sourceUid: at.text('finding_info', 'uid'),
  }
}

type Urgency = 'severity' | 'sourceSeverity' | 'score' | 'reasons' | 'risk' | 'due'
type Explanation = 'basis' | 'evaluation' | 'range' | 'remedies' | 'unknowns' | 'cve'

function urgencyOf(at: EventReader): Pick<FindingView, Urgency | Explanation> {
  const priority = at.enrichment('priority')
  const reasons = priority?.list('data', 'reasons').map(sentenceOf) ?? []
  const lines = at.text('risk_details').split('\n')
  return {
    severity: at.text('severity'),
    sourceSeverity: at.text('vendor_attributes', 'severity') || undefined,
    score: at.number('risk_score'),
    reasons: (reasons.length > 0 ? reasons : lines).filter((line) => line !== ''),
    risk: at.text('unmapped', 'source_risk'),
    due: priority?.number('data', 'due') ?? at.number('unmapped', 'priority_due'),
    ...explanationOf(priority ?? new EventReader(undefined)),
  }
}

function explanationOf(priority: EventReader): Pick<FindingView, Explanation> {
  const uid = priority.text('data', 'cve', 'uid')
  return {
    basis: basisOf(priority),
    evaluation: priority.text('data', 'state'),
    range: mostUrgentFirst(priority.strings('data', 'range')),
    remedies: priority.list('data', 'counterfactuals').map(sentenceOf),
    unknowns: priority.list('data', 'would_change_if').map((each) => {
      const bands = mostUrgentFirst([each.text('best'), each.text('worst')])
      return `${spoken(each.text('item'))} (${bands.join(' to ')})`
    }),
    cve:
      uid === ''
        ? undefined
        : {
            uid,
            ssvc: priority.strings('data', 'cve', 'ssvc'),
            bod: priority.strings('data', 'cve', 'bod'),
            bodDue: priority.number('data', 'cve', 'bod_due'),
            unknown: priority.strings('data', 'cve', 'unknown').map(spoken),
          },
  }
}

/** The severity has a place of its own. */
const BASIS = ITEMS.filter((item) => item !== 'severity')
const OVERRIDE = /^(floor|ceiling)-/

function basisOf(priority: EventReader): string {
  const facts = BASIS.flatMap((item) => {
    const rung = priority.text('data', 'evidence', item, 'value')
    const possible = priority.text('data', 'evidence', item, 'certainty') === 'possible' ? ' (possible)' : ''
    return rung === '' ? [] : [`${spoken(item)} ${rung}${possible}`]
  }).join(', ')
  const [first] = priority.list('data', 'reasons')
  const id = first?.text('id') ?? ''
  return facts !== '' && OVERRIDE.test(id) ? `${id}: ${facts}` : facts
}

/** A reason has its sentence beside its id; events of earlier versions have the sentence alone. */
function sentenceOf(reason: EventReader): string {
  return reason.text('text') || reason.text()
}

/** Each band once. */
function mostUrgentFirst(bands: readonly string[]): string[] {
  return [...new Set(bands)].toSorted()
}

function ownerOf(at: EventReader): string {
  const source = at.text('unmapped', 'owner_source')
  const team = at.text('assignee_group', 'name')
  return joined([at.text('assignee', 'name'), team && source ? `${team} (${source})` : team], ', ')
}

function placeOf(at: EventReader): Pick<FindingView, 'resources' | 'account' | 'accountName' | 'provider' | 'region'> {
  const resources = at.list('resources').map((each) => ({
    uid: each.text('uid'),
    name: each.text('name'),
    type: each.text('type'),
    region: each.text('region'),
  }))
  return {
    resources,
    account: at.text('cloud', 'account', 'uid') || at.text('unmapped', 'account'),
    accountName: at.text('cloud', 'account', 'name') || undefined,
    provider: at.text('cloud', 'provider') || at.text('unmapped', 'provider'),
    region: resources[0]?.region || at.text('cloud', 'region') || at.text('unmapped', 'region'),
  }
}

function remedyOf(at: EventReader): Pick<FindingView, 'remediation' | 'links' | 'requirements'> {
  const requirements = at.strings('compliance', 'requirements')
  const links = [...at.strings('remediation', 'references'), at.text('finding_info', 'src_url')]
  return {
    remediation: at.text('remediation', 'desc'),
    links: [...new Set(links)].filter((link) => link !== ''),
    requirements: requirements.length > 0 ? requirements : at.strings('compliance', 'standards'),
  }
}

type Times = 'firstSeen' | 'lastSeen' | 'openedAt' | 'closedAt' | 'changedAt'

function timesOf(at: EventReader): Pick<FindingView, Times> {
  return {
    firstSeen: at.number('finding_info', 'first_seen_time'),
    lastSeen: at.number('finding_info', 'last_seen_time'),
    openedAt: at.number('start_time'),
    closedAt: at.number('end_time'),
    changedAt: at.number('metadata', 'modified_time'),
  }
}

/** What is known of several texts. */
export function joined(texts: readonly (string | undefined)[], separator: string): string {
  return texts.filter((text) => text !== undefined && text !== '').join(separator)
}

/** `3f9a1c02`: enough of a key to name a finding. */
export function shortKey(key: string): string {
  return key.replace(/^v\d+:/, '').slice(0, 8)
}

/** The subject of a finding in one line. */
export function subjectOf({ resources: [first] }: FindingView): string {
  return oneLine(first?.uid || first?.name || 'no resource')
}
