import { describe, expect, test } from 'vitest'
import { applyEvent } from '../../../enrichment/lifecycle/lifecycle.ts'
import { toOcsf } from '../../../enrichment/ocsf/ocsf.ts'
import { stateKey } from '../../../enrichment/state/keys.ts'
import { LocalStore } from '../../../enrichment/state/local-store.ts'
import { Overlay } from '../../../enrichment/state/overlay.ts'
import { findingKey } from '../../../schemas/finding-key.ts'
import type { FindingObserved } from '../../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../../schemas/generated/state.ts'
import { validateOcsf } from '../../../schemas/ocsf/validator.ts'
import { findingEvent } from '../../records/finding-event.ts'
import { sampleNotification, sampleV1Notification, sccSamples } from './sample-scc.ts'
import { sccFormat } from './scc-format.ts'

const CLASS_UIDS: Readonly<Record<string, number>> = {
  vulnerability: 2002,
  compliance: 2003,
  detection: 2004,
  data_security: 2006,
}
const ACCOUNT_TYPES: Readonly<Record<string, number>> = { aws: 10, gcp: 11, azure: 13 }
const NOW = Date.UTC(2026, 10, 26)
const time = (hour: number): string => new Date(Date.UTC(2026, 10, 25, hour)).toISOString()

interface Published {
  readonly body: unknown
  readonly at: number
}

function eventOf({ body, at }: Published): FindingObserved {
  const mapped = sccFormat.map(body, { zone: 'UTC', reportedAt: at, withoutData: false })
  if (mapped.outcome !== 'finding') throw new Error(JSON.stringify(mapped))
  return findingEvent({ tenant: 'acme', name: 'scc', clock: () => NOW }, mapped.finding.statement, `${at}`)
}

function emptyStore(): Overlay {
  return new Overlay(LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined }).partition(0))
}

/** Every order of these, each of them twice. */
function* ordersOfTwice(count: number, left = Array<number>(count).fill(2)): Generator<readonly number[]> {
  if (left.every((each) => each === 0)) yield []
  for (const [index, times] of left.entries())
    if (times > 0) for (const rest of ordersOfTwice(count, left.with(index, times - 1))) yield [index, ...rest]
}

const opened = { eventTime: time(1), mute: 'UNDEFINED' }
const muted = { eventTime: time(1), mute: 'MUTED', muteUpdateTime: time(2), muteInitiator: 'Muted by alice' }
const unmuted = { eventTime: time(1), mute: 'UNMUTED', muteUpdateTime: time(3), muteInitiator: 'Unmuted by alice' }
const mended = { ...unmuted, state: 'INACTIVE', eventTime: time(4) }
const mendedMuted = { ...muted, state: 'INACTIVE', eventTime: time(4) }
const again = { ...muted, eventTime: time(5) }
const matched = { ...opened, mute: 'MUTED', muteInfo: { dynamicMuteRecords: [{ matchTime: time(2) }] } }
const unmatched = { ...opened, eventTime: time(3), muteInfo: { dynamicMuteRecords: [] } }
const escalated = { ...opened, severity: 'CRITICAL' }

describe('whatever the order in which its messages come, each of them twice,', () => {
  /** Per order: the state, and what is known of the verdict and the mute. A store holds one finding for each of them. */
  function endsOf(history: readonly object[]): readonly (readonly [readonly number[], FindingState])[] {
    const store = emptyStore()
    const events = history.map((changes, at) => eventOf({ body: sampleNotification(1, changes), at: NOW + at * 1000 }))
    return [...ordersOfTwice(history.length)].map((order, number) => {
      const own = events.map((event) => {
        const identity = { ...event.identity, discriminator: `finding=${number}` }
        return { ...event, identity, key: findingKey('acme', identity) }
      })
      for (const index of order) applyEvent(own[index]!, store, NOW)
      return [order, store.get(stateKey.finding(own[0]!.key)) as FindingState]
    })
  }

  test.each<[string, object[], object]>([
    ['open', [opened], { state: 'open' }],
    ['muted', [opened, muted], { state: 'muted' }],
    ['unmuted: open again', [opened, muted, unmuted], { state: 'open' }],
    ['inactive while muted, then active: muted', [opened, muted, mendedMuted, again], { state: 'muted' }],
    ['muted by a rule', [opened, matched], { state: 'muted' }],
    ['muted by a rule that ceased to match: open', [opened, matched, unmatched], { state: 'open' }],
    [
      'graver, by an update that left the time of the event',
      [opened, escalated],
      { description: { severity: 'critical' } },
    ],
  ])('a finding is %s', (_, history, expected) => {
    for (const [order, finding] of endsOf(history)) expect(finding, order.join(' ')).toMatchObject(expected)
  })

  test.each<[string, object[], boolean]>([
    ['inactive', [opened, muted, unmuted, mended], false],
    ['inactive while muted', [opened, muted, mendedMuted], true],
    [
      'inactive, muted meanwhile and unmuted again',
      [{ ...unmuted, muteUpdateTime: time(1) }, muted, unmuted, mended],
      false,
    ],
    [
      'unmuted, muted, unmuted, and inactive while muted again',
      [{ ...unmuted, muteUpdateTime: time(1) }, muted, unmuted, { ...mendedMuted, muteUpdateTime: time(4) }],
      true,
    ],
  ])('a finding is resolved that is %s', (_, history, isMuted) => {
    const last = history.length - 1
    for (const [order, finding] of endsOf(history)) {
      // What is mended before anybody hears of it is never opened.
      const state = order[0] === last ? 'unopened' : 'resolved'
      expect(finding, order.join(' ')).toMatchObject({ state, members: { '': { verdict: 'pass', muted: isMuted } } })
    }
  })
})

describe('one finding is the same', () => {
  const finding = sampleNotification(1)['finding'] as Record<string, string>
  const level = (body: unknown, parent: string): Record<string, unknown> =>
    JSON.parse(JSON.stringify(body).replaceAll('organizations/1234567890/sources', `${parent}/sources`)) as Record<
      string,
      unknown
    >
  const v2 = sampleNotification(1)
  const v1 = sampleV1Notification(1)
  const without = (body: object, ...keys: string[]) =>
    Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)))
  const forms: readonly (readonly [string, unknown])[] = [
    ['v2, told to the organisation', v2],
    ['v2, told to the folder', level(v2, 'folders/7001')],
    ['v2, told to the project by its number', level(v2, 'projects/42')],
    ['v2, told to the project by its id', level(v2, 'projects/shop-production')],
    ['v2 without its location', JSON.parse(JSON.stringify(v2).replaceAll('/locations/global', ''))],
    ['v2, a finding alone', finding],
    [
      'v2 with the id of the project in the canonical name',
      {
        ...v2,
        finding: { ...finding, canonicalName: 'projects/shop-production/sources/111/locations/global/findings/f1' },
      },
    ],
    ['v2 without a canonical name', { ...v2, finding: without(finding, 'canonicalName') }],
    ['v1, told to the organisation', v1],
    ['v1, told to the folder', level(v1, 'folders/7001')],
    ['v1, told to the project', level(v1, 'projects/42')],
    ['v1, a finding alone', v1['finding']],
    [
      'v1, as ListFindings gives it',
      {
        ...without(v1, 'notificationConfigName'),
        resource: {
          name: '//storage.googleapis.com/bucket-1',
          projectName: '//cloudresourcemanager.googleapis.com/projects/42',
        },
      },
    ],
    [
      'with https before the name of the resource',
      {
        ...v2,
        finding: { ...finding, resourceName: 'https://storage.googleapis.com/bucket-1' },
      },
    ],
    ['from a source of another name', { ...v2, finding: { ...finding, parentDisplayName: 'SHA' } }],
  ]

  test.each(forms)('in %s', (_, body) => {
    expect(eventOf({ body, at: NOW }).identity).toEqual(eventOf({ body: v2, at: NOW }).identity)
  })

  test('in all forms together', () => {
    const store = emptyStore()
    const keys = forms.map(([, body], at) => {
      const event = eventOf({ body, at: NOW + at })
      applyEvent(event, store, NOW)
      return event.key
    })
    expect(new Set(keys).size).toBe(1)
    expect(store.get(stateKey.finding(keys[0]!))).toMatchObject({ state: 'open', revision: 0 })
  })
})

test('two findings of one category at one resource stay two', () => {
  const bodies = ['f1', 'f2'].map((id) => {
    const name = `projects/42/sources/111/locations/global/findings/${id}`
    return sampleNotification(1, { name, canonicalName: name })
  })
  const [one, two] = bodies.map((body) => eventOf({ body, at: NOW }))
  expect(one!.key).not.toBe(two!.key)
})

test.each(sccSamples.map((sample) => [sample.name, sample] as const))(
  'as an event of OCSF it is valid, and of the class that it should be: %s',
  (_, { body, statement: { kind, cloud } }) => {
    const store = emptyStore()
    const event = eventOf({ body, at: NOW })
    applyEvent(event, store, NOW)
    const finding = store.get(stateKey.finding(event.key)) as FindingState
    const made = toOcsf(finding, {}, { status: 'open', revision: 1, modifiedAt: NOW, cause: 'observed' })
    expect(validateOcsf(made)).toEqual([])
    expect(made).toMatchObject({
      class_uid: CLASS_UIDS[kind],
      cloud: { account: { uid: cloud.account, type_id: ACCOUNT_TYPES[cloud.provider] } },
    })
  },
)
