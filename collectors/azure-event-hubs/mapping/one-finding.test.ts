import { describe, expect, test } from 'vitest'
import { applyEvent } from '../../../enrichment/lifecycle/lifecycle.ts'
import { stateKey } from '../../../enrichment/state/keys.ts'
import { LocalStore } from '../../../enrichment/state/local-store.ts'
import { Overlay } from '../../../enrichment/state/overlay.ts'
import type { FindingState } from '../../../schemas/generated/state.ts'
import { findingEvent } from '../../records/finding-event.ts'
import { defenderFormat } from './defender-format.ts'
import { sampleAlert, sampleAssessment, sampleDeletion } from './sample-defender.ts'

const NOW = Date.UTC(2026, 10, 25, 13)
const MINUTE = 60_000

/** A record, and the minute of its enqueueing. */
type Said = readonly [minute: number, record: Readonly<Record<string, unknown>>]

/** The findings that the messages end in, in the order in which they arrive. */
function findings(messages: readonly Said[]): FindingState[] {
  const local = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  const store = new Overlay(local.partition(0))
  const keys = messages.map(([minute, record]) => {
    const reportedAt = NOW + minute * MINUTE
    const mapped = defenderFormat.map(record, { zone: 'UTC', reportedAt, withoutData: false })
    if (mapped.outcome !== 'finding') throw new Error(JSON.stringify(mapped))
    const context = { tenant: 'acme', name: 'hub', clock: () => NOW + 60 * MINUTE }
    const event = findingEvent(context, mapped.finding.statement, `${reportedAt}/${JSON.stringify(record)}`)
    applyEvent(event, store, NOW + 60 * MINUTE)
    return stateKey.finding(event.key)
  })
  return [...new Set(keys)].map((key) => store.get(key) as FindingState)
}

function orders<T>(of: readonly T[]): T[][] {
  if (of.length < 2) return [[...of]]
  return of.flatMap((each, at) => orders(of.toSpliced(at, 1)).map((rest) => [each, ...rest]))
}

/** What each order of arrival of these messages ends in, each message delivered twice: one entry where all agree. */
function ends(messages: readonly Said[], of: (finding: FindingState) => unknown): unknown[] {
  const all = orders([...messages.keys()])
    .flatMap((order) => [[...order, ...order], order.flatMap((at) => [at, at]), [...order, ...order.toReversed()]])
    .map((order) => {
      const [finding, ...others] = findings(order.map((at) => messages[at]!))
      if (others.length > 0) throw new Error('they are several findings')
      return JSON.stringify(of(finding!))
    })
  return [...new Set(all)].map((each): unknown => JSON.parse(each))
}

const changed = (minute: number) => new Date(NOW + minute * MINUTE).toISOString()
const enrichment = (action: string, isSnapshot = false) => ({
  assessmentEventDataEnrichment: { action, apiVersion: '2019-01-01', isSnapshot },
  securityEventDataEnrichment: { action, apiVersion: '2019-01-01', isSnapshot },
})

function assessment(code: string, changedAt: number, more: object = {}): Readonly<Record<string, unknown>> {
  const { properties, ...rest } = sampleAssessment(1, more)
  const status = { code, statusChangeDate: changed(changedAt), firstEvaluationDate: changed(-100) }
  return { ...rest, properties: { ...(properties as object), status } }
}

const insert: Said = [1, assessment('Unhealthy', 0)]
const update: Said = [5, assessment('Healthy', 4)]
const snapshot: Said = [8, assessment('Healthy', 4, enrichment('Insert', true))]
const deletion: Said = [10, assessment('Healthy', 4, enrichment('Delete'))]

const stateOf = ({ state, closedBy, closedAt, openedAt, firstSeen }: FindingState) => ({
  state,
  closedBy,
  closed: closedAt !== undefined,
  opened: openedAt !== undefined,
  firstSeen,
})
const FIRST = NOW - 100 * MINUTE

describe('an assessment, whatever the order in which its messages arrive, each twice, ends as they were enqueued', () => {
  test('healthy again', () => {
    expect(ends([insert, update], ({ state, members }) => [state === 'open', members['']!.verdict])).toEqual([
      [false, 'pass'],
    ])
    expect(findings([insert, update]).map(stateOf)).toEqual([
      { state: 'resolved', closedBy: 'verdict', closed: true, opened: true, firstSeen: FIRST },
    ])
  })

  test('as the snapshot says, which is no change', () => {
    const of = ({ members, lastSeen }: FindingState) => [
      members['']!.verdict,
      members['']!.verdictVersion!.time,
      lastSeen,
    ]
    expect(ends([insert, update, snapshot], of)).toEqual([['pass', NOW + 4 * MINUTE, NOW + 8 * MINUTE]])
    const [before] = findings([insert])
    const weekly: Said = [9, assessment('Unhealthy', 0, enrichment('Insert', true))]
    const [after] = findings([insert, weekly])
    expect(after).toMatchObject({ state: 'open', openedAt: before!.openedAt, revision: before!.revision })
  })

  test('gone, and it stays gone', () => {
    const of = ({ state, members }: FindingState) => [state === 'open', members['']!.archived, members['']!.deleted]
    expect(ends([insert, update, snapshot, deletion], of)).toEqual([[false, true, true]])
    expect(ends([insert, deletion], of)).toEqual([[false, true, true]])
    expect(findings([insert, deletion, insert])).toMatchObject([{ state: 'gone', closedBy: 'deleted' }])
    expect(findings([deletion, insert])).toMatchObject([{ state: 'unopened' }])
  })

  test('gone by a message that says nothing but of what, and described still as before', () => {
    const messages: Said[] = [insert, [10, sampleDeletion(1)]]
    const of = ({ members, description }: FindingState) => [
      members['']!.deleted,
      description.title,
      description.severity,
    ]
    expect(ends(messages, of)).toEqual([[true, 'Storage accounts should refuse public access', 'medium']])
  })

  test('there again after it was gone', () => {
    const again: Said = [20, assessment('Unhealthy', 19)]
    const of = ({ state, members }: FindingState) => [state, members['']!.archived, members['']!.deleted ?? false]
    expect(ends([insert, deletion, again], of)).toEqual([['open', false, false]])
  })

  test('there again with the time of its first failure', () => {
    const again: Said = [20, assessment('Unhealthy', 0)]
    expect(ends([insert, deletion, again], ({ state }) => state)).toEqual(['open'])
  })

  test('muted while it is exempted, and open when it is not any more', () => {
    const exempt: Said = [5, { ...assessment('NotApplicable', 4) }]
    Object.assign((exempt[1]['properties'] as { status: object }).status, { cause: 'Exempt', description: 'Until May' })
    const of = ({ state, members }: FindingState) => [state, members['']!.muteReason]
    expect(ends([insert, exempt], of)).toEqual([['muted', 'Until May']])
    const again: Said = [20, assessment('Unhealthy', 19)]
    expect(ends([insert, exempt, again], ({ state }) => state)).toEqual(['open'])
  })

  test('resolved while it does not apply, and open when it does', () => {
    const without: Said = [5, assessment('NotApplicable', 4)]
    expect(findings([insert, without])).toMatchObject([{ state: 'resolved', closedBy: 'archived' }])
    const again: Said = [20, assessment('Unhealthy', 19)]
    expect(ends([insert, without, again], ({ state }) => state)).toEqual(['open'])
  })
})

test('one assessment on several partitions, in two spellings and envelopes, is one finding', () => {
  const other = JSON.parse(
    JSON.stringify(insert[1])
      .replaceAll(/resourceGroups/g, 'resourcegroups')
      .replaceAll('/st1', '/ST1'),
  )
  const {
    assessmentEventDataEnrichment: _,
    securityEventDataEnrichment: __,
    ...bare
  } = other as Record<string, unknown>
  const old = { ...bare, AssessmentEventDataEnrichment: { Action: 'Insert', ApiVersion: '2019-01-01' } }
  expect(ends([insert, [1, old], update], ({ members }) => members['']!.verdict)).toEqual(['pass'])
})

describe('an alert, whatever the order in which its messages arrive, each twice', () => {
  const alert = (minute: number, Status: string): Said => [minute, sampleAlert(1, { Status })]
  const of = ({ state, members }: FindingState) => [state, members['']!.workflow, members['']!.muted ?? false]

  test.each([
    [
      ['New', 'InProgress'],
      ['open', 'in_progress', false],
    ],
    [
      ['New', 'Dismissed'],
      ['muted', 'new', true],
    ],
    [
      ['New', 'Dismissed', 'Active'],
      ['open', 'new', false],
    ],
    [
      ['Resolved', 'New', 'InProgress'],
      ['open', 'in_progress', false],
    ],
  ])('ends as its last status says: %j', (statuses, end) => {
    expect(
      ends(
        statuses.map((status, at) => alert(at, status)),
        of,
      ),
    ).toEqual([end])
  })

  test.each([
    ['New', 'Resolved'],
    ['New', 'InProgress', 'Dismissed', 'Resolved'],
  ])('is resolved with its last status', (...statuses) => {
    const messages = statuses.map((status, at) => alert(at, status))
    const facts = ({ members }: FindingState) => [members['']!.verdict, members['']!.workflow]
    expect(ends(messages, facts)).toEqual([['pass', 'resolved']])
    expect(findings(messages)).toMatchObject([{ state: 'resolved', closedBy: 'verdict' }])
  })

  test('is one finding as a resource of ARM too', () => {
    const { SystemAlertId, AlertType, Severity, ResourceIdentifiers } = sampleAlert(1)
    const id =
      '/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Security/locations/westeurope/alerts/x'
    const properties = { systemAlertId: SystemAlertId, alertType: AlertType, severity: Severity, status: 'Resolved' }
    const arm = {
      id,
      name: 'x',
      type: 'Microsoft.Security/Locations/alerts',
      properties: { ...properties, resourceIdentifiers: ResourceIdentifiers },
    }
    expect(findings([alert(0, 'New'), [1, arm]])).toMatchObject([{ state: 'resolved' }])
  })
})
