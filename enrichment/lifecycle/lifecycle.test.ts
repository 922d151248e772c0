import { describe, expect, test } from 'vitest'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved, PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { FindingState, StateRecord } from '../../schemas/generated/state.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { stateKey } from '../state/keys.ts'
import { LocalStore } from '../state/local-store.ts'
import { Overlay } from '../state/overlay.ts'
import { applyEvent } from './lifecycle.ts'
import { dueAt, elapse, type Periods } from './periods.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const START = Date.UTC(2026, 10, 25, 12)
const periods: Periods = { refreshMs: 30 * DAY, forgetMs: 400 * DAY, memoryMs: 30 * DAY }
const schemas = new SchemaRegistry()

interface Said {
  readonly verdict?: 'fail' | 'pass' | 'none'
  readonly muted?: boolean
  readonly archived?: boolean
  readonly deleted?: boolean
  readonly member?: string
  readonly at?: number
  readonly scan?: string
  readonly control?: string
  readonly resource?: string
  readonly region?: string
  readonly collector?: string
  readonly format?: string
  readonly title?: string
  readonly detail?: string
}

function statement(said: Said = {}): FindingObserved {
  const {
    verdict = 'fail',
    at = START,
    control = 'bucket-public',
    resource = 'arn:aws:s3:::exports',
    region = 'eu-west-1',
    member,
  } = said
  const identity = {
    product: 'prowler',
    provider: 'aws',
    account: '123456789012',
    region: '',
    control,
    resource,
    discriminator: '',
  }
  return {
    type: 'finding.observed',
    id: `${control}/${resource}/${at}/${said.scan ?? ''}/${verdict}`,
    time: at + MINUTE,
    tenant: 'acme',
    collector: said.collector ?? 'nightly',
    key: findingKey('acme', identity),
    identity,
    source: { product: 'prowler', format: said.format ?? 'prowler-ocsf' },
    kind: 'compliance',
    verdict: { value: verdict, at, ...(said.detail === undefined ? {} : { detail: said.detail }) },
    description: {
      title: said.title ?? 'Bucket is not public',
      severity: 'high',
      types: [],
      standards: [],
      categories: [],
    },
    resources: [{ uid: resource, region, tags: [] }],
    cloud: { provider: 'aws', account: '123456789012' },
    flags: [],
    ...(member === undefined ? {} : { member }),
    ...(said.archived === undefined ? {} : { archived: said.archived }),
    ...(said.deleted === undefined ? {} : { deleted: said.deleted }),
    ...(said.muted === undefined ? {} : { mute: { muted: said.muted, at } }),
    ...(said.scan === undefined ? {} : { scan: { uid: said.scan, time: at } }),
  }
}

const source = { product: 'prowler', format: 'prowler-ocsf' }
const started = (scan: string, at: number): PostureEvent => ({
  type: 'scan.started',
  id: `${scan}/started`,
  time: at,
  tenant: 'acme',
  collector: 'nightly',
  source,
  scan: { uid: scan, time: at },
  provider: 'aws',
  account: '123456789012',
})
function completed(
  scan: string,
  at: number,
  findings: number,
  scope: { regions?: string[]; checks?: string[] } = {},
  outcome: 'complete' | 'partial' = 'complete',
): PostureEvent {
  return {
    type: 'scan.completed',
    id: `${scan}/completed`,
    time: at,
    tenant: 'acme',
    collector: 'nightly',
    source,
    scan: { uid: scan, time: at },
    scope: { provider: 'aws', account: '123456789012', ...scope },
    outcome,
    findings,
  }
}
const deleted = (resource: string, at: number): PostureEvent => ({
  type: 'asset.deleted',
  id: `${resource}/deleted/${at}`,
  time: at,
  tenant: 'acme',
  collector: 'inventory',
  asset: { uid: resource, provider: 'aws', account: '123456789012', version: { time: at } },
})
const decision = (key: string, action: 'mute' | 'unmute', at: number, expiresAt?: number): PostureEvent => ({
  type: 'verdict.recorded',
  id: `decision-${at}`,
  time: at,
  tenant: 'acme',
  key,
  decision: {
    action,
    by: 'dana',
    reason: 'accepted until the migration',
    ...(expiresAt === undefined ? {} : { expiresAt }),
  },
})

/** One partition's state, and the events that were applied to it. */
class World {
  readonly store = new Overlay(
    LocalStore.open({ path: ':memory:', version: '1', dueAt: (record) => dueAt(record, periods) }).partition(0),
  )
  now = START

  apply(...events: PostureEvent[]) {
    return events.map((event) => {
      schemas.check('posture-event', event)
      const applied = applyEvent(event, this.store, this.now)
      for (const record of this.store.changes.values()) if (record !== null) schemas.check('state', record)
      return applied
    })
  }

  finding(of: Said | FindingObserved = {}): FindingState {
    const { key } = 'type' in of ? of : statement(of)
    return this.store.get(stateKey.finding(key)) as FindingState
  }

  /** What is known, without our own clock's times. */
  snapshot(): Record<string, unknown> {
    const records = [...this.store.changes].filter((each): each is [string, StateRecord] => each[1] !== null)
    return Object.fromEntries(
      records
        .map(([key, record]) => [key, { ...record, acceptedAt: 0 }])
        .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
    )
  }
}

describe('states', () => {
  test('a failing statement opens, a passing one resolves, and a relapse opens again', () => {
    const world = new World()
    world.apply(statement())
    expect(world.finding()).toMatchObject({ state: 'open', openedAt: START })
    world.apply(statement({ verdict: 'pass', at: START + DAY }))
    expect(world.finding()).toMatchObject({ state: 'resolved', closedBy: 'verdict', closedAt: START + DAY })
    world.apply(statement({ at: START + 2 * DAY }))
    expect(world.finding()).toMatchObject({ state: 'open', openedAt: START + 2 * DAY })
    expect(world.finding()).not.toHaveProperty('closedAt')
  })

  test('resolved again is silent and keeps the time of the first', () => {
    const world = new World()
    world.apply(
      statement(),
      statement({ verdict: 'pass', at: START + DAY }),
      statement({ verdict: 'pass', at: START + 2 * DAY }),
    )
    expect(world.finding()).toMatchObject({ state: 'resolved', closedAt: START + DAY })
  })

  test('a pass opens nothing, but an older fail that comes later opens nothing either', () => {
    const world = new World()
    world.apply(statement({ verdict: 'pass', at: START + DAY }))
    const [late] = world.apply(statement({ at: START }))
    expect(late?.outcome).toBe('stale')
    expect(world.finding().state).toBe('unopened')
  })

  test('a statement without a verdict neither opens nor closes', () => {
    const world = new World()
    world.apply(statement({ verdict: 'none' }))
    expect(world.finding().state).toBe('unopened')
    world.apply(statement({ at: START + 1 }), statement({ verdict: 'none', at: START + DAY }))
    expect(world.finding().state).toBe('open')
  })

  test('a mute of the source is mirrored with the last known verdict, and lifted with it', () => {
    const world = new World()
    world.apply(statement({ muted: false }), statement({ verdict: 'none', muted: true, at: START + DAY }))
    expect(world.finding().state).toBe('muted')
    world.apply(statement({ muted: false, at: START + 2 * DAY }))
    expect(world.finding().state).toBe('open')
  })

  test('a muted pass opens nothing, and a fix beats a mute', () => {
    const world = new World()
    world.apply(statement({ verdict: 'pass', muted: true }))
    expect(world.finding().state).toBe('unopened')
    world.apply(statement({ at: START + 1, muted: true }))
    expect(world.finding().state).toBe('muted')
    world.apply(statement({ verdict: 'pass', muted: true, at: START + 2 }))
    expect(world.finding().state).toBe('resolved')
  })

  test('two statements of one time end the same in either order: the failing one stands', () => {
    const one = new World()
    one.apply(statement(), statement({ verdict: 'pass' }))
    const other = new World()
    other.apply(statement({ verdict: 'pass' }), statement())
    expect(one.finding().state).toBe('open')
    expect(other.finding().state).toBe('open')
  })

  test('a time far ahead of the collector counts as the collector’s and is flagged', () => {
    const world = new World()
    const ahead = { ...statement({ at: START + DAY }), time: START }
    world.apply(ahead, statement({ verdict: 'pass', at: START + MINUTE }))
    expect(world.finding()).toMatchObject({ state: 'resolved', firstSeen: START })
    const flagged = new World()
    flagged.apply(ahead)
    expect(flagged.finding().flags).toContain('time_ahead_of_collector')
  })

  test('a key that its parts do not give is refused', () => {
    const world = new World()
    expect(() => world.apply({ ...statement(), key: `v1:${'0'.repeat(32)}` })).toThrow('the key is')
  })
})

describe('members', () => {
  test('a finding fails while a live member fails, and is resolved when the last has left', () => {
    const world = new World()
    world.apply(statement({ member: 'cis' }), statement({ member: 'pci' }))
    world.apply(statement({ member: 'cis', verdict: 'pass', at: START + DAY }))
    expect(world.finding().state).toBe('open')
    world.apply(statement({ member: 'pci', archived: true, at: START + DAY }))
    expect(world.finding()).toMatchObject({ state: 'resolved', closedBy: 'verdict' })
    world.apply(statement({ member: 'cis', archived: true, at: START + 2 * DAY }))
    expect(world.finding().state).toBe('resolved')
  })

  test('what its source takes back because the resource is gone is gone, and opens again when it fails again', () => {
    const world = new World()
    world.apply(statement(), statement({ verdict: 'none', archived: true, deleted: true, at: START + DAY }))
    expect(world.finding()).toMatchObject({ state: 'gone', closedBy: 'deleted' })
    world.apply(statement({ at: START + 2 * DAY }))
    expect(world.finding().state).toBe('open')
    world.apply(statement({ archived: true, at: START + 3 * DAY }))
    expect(world.finding()).toMatchObject({ state: 'resolved', closedBy: 'archived' })
  })

  test('it is gone when the last live member went with the resource, in whatever order the members left', () => {
    const left = [
      statement({ member: 'cis', archived: true, at: START + DAY }),
      statement({ member: 'pci', verdict: 'none', archived: true, deleted: true, at: START + DAY }),
    ]
    for (const events of [left, left.toReversed()]) {
      const world = new World()
      world.apply(statement({ member: 'cis' }), statement({ member: 'pci' }), ...events)
      expect(world.finding()).toMatchObject({ state: 'gone', closedBy: 'deleted' })
    }
  })

  test('it is muted when all failing members are', () => {
    const world = new World()
    world.apply(statement({ member: 'cis', muted: true }), statement({ member: 'pci', muted: false }))
    expect(world.finding().state).toBe('open')
    world.apply(statement({ member: 'pci', muted: true, at: START + 1 }))
    expect(world.finding().state).toBe('muted')
  })

  test('the first member by name describes it, in whatever order they arrive', () => {
    const cis = statement({ member: 'cis', title: 'By CIS' })
    const pci = statement({ member: 'pci', title: 'By PCI' })
    for (const events of [
      [cis, pci],
      [pci, cis],
    ]) {
      const world = new World()
      world.apply(...events)
      expect(world.finding().description.title).toBe('By CIS')
    }
  })
})

describe('descriptions', () => {
  test('another format of the same verdict changes nothing', () => {
    const world = new World()
    world.apply(statement({ title: 'First' }), statement({ title: 'Other', format: 'asff', at: START + 1 }))
    expect(world.finding().description.title).toBe('First')
    world.apply(statement({ title: 'Fixed', format: 'asff', verdict: 'pass', at: START + 2 }))
    expect(world.finding().description.title).toBe('Fixed')
  })

  test('two records of one scan with one key and different content are reported, and one stands in either order', () => {
    const one = statement({ scan: 's1', detail: 'port 22' })
    const two = statement({ scan: 's1', detail: 'port 3389' })
    const forth = new World()
    const back = new World()
    expect(forth.apply(one, two).map(({ outcome }) => outcome)).toEqual(['accepted', 'collision'])
    expect(back.apply(two, one).map(({ outcome }) => outcome)).toEqual(['accepted', 'collision'])
    expect(forth.finding().detail).toBe(back.finding().detail)
  })
})

describe('closing by absence', () => {
  const other = { control: 'key-rotation', resource: 'arn:aws:kms:eu-west-1:123456789012:key/1' }
  function scanned(): World {
    const world = new World()
    world.apply(
      started('s1', START),
      statement({ scan: 's1' }),
      statement({ scan: 's1', ...other }),
      completed('s1', START, 2),
    )
    return world
  }
  const later = START + DAY

  test('a complete scan closes what it did not report, also when it reported nothing', () => {
    const world = scanned()
    world.apply(started('s2', later), completed('s2', later, 0))
    expect(world.finding()).toMatchObject({ state: 'resolved', closedBy: 'absence', closedAt: later })
    expect(world.finding(other).state).toBe('resolved')
  })

  test('only inside its checks and regions', () => {
    const world = scanned()
    world.apply(started('s2', later), completed('s2', later, 0, { checks: ['bucket-public'] }))
    expect([world.finding().state, world.finding(other).state]).toEqual(['resolved', 'open'])
    world.apply(started('s3', later + 1), completed('s3', later + 1, 0, { regions: ['us-east-1'] }))
    expect(world.finding(other).state).toBe('open')
  })

  test('a partial scan closes nothing, and says so', () => {
    const world = scanned()
    const [, applied] = world.apply(started('s2', later), completed('s2', later, 0, {}, 'partial'))
    expect(world.finding().state).toBe('open')
    expect(applied?.note).toContain('counts as partial')
  })

  test('a scan of which fewer findings arrived than were sent counts as partial', () => {
    const world = scanned()
    const [, , applied] = world.apply(
      started('s2', later),
      statement({ scan: 's2', at: later }),
      completed('s2', later, 2),
    )
    expect(applied).toMatchObject({ outcome: 'scan_partial' })
    expect(world.finding(other).state).toBe('open')
  })

  test('nothing is closed once a later scan of an overlapping scope has started', () => {
    const world = scanned()
    const [, , applied] = world.apply(started('s2', later), started('s3', later + 1), completed('s2', later, 0))
    expect(applied?.outcome).toBe('scan_overtaken')
    expect(world.finding().state).toBe('open')
  })

  test('a collector closes only what it was the last to observe', () => {
    const world = scanned()
    world.apply(statement({ collector: 'weekly', scan: 'w1', at: START + 1 }))
    world.apply(started('s2', later), completed('s2', later, 0))
    expect([world.finding().state, world.finding(other).state]).toEqual(['open', 'resolved'])
  })

  test('what another collector says of a finding in the middle of a scan takes it out of no count', () => {
    for (const order of ['after', 'before'] as const) {
      const world = scanned()
      const told = statement({ collector: 'events', at: later + 1 })
      const seen = statement({ scan: 's2', at: later })
      const both = order === 'after' ? [seen, told] : [told, seen]
      const applied = world.apply(started('s2', later), ...both, completed('s2', later, 1))
      expect(applied.at(-1)?.outcome).toBe('accepted')
      expect([world.finding().state, world.finding(other).state]).toEqual(['open', 'resolved'])
    }
  })

  test('reading an old scan again changes nothing', () => {
    const world = scanned()
    world.apply(started('s2', later), statement({ scan: 's2', at: later, verdict: 'pass' }), completed('s2', later, 1))
    const before = world.snapshot()
    world.apply(
      started('s1', START),
      statement({ scan: 's1' }),
      statement({ scan: 's1', ...other }),
      completed('s1', START, 2),
    )
    expect(world.snapshot()).toEqual(before)
  })

  test('a scan that crashed and starts again still closes what is absent', () => {
    const world = scanned()
    world.apply(started('s2', later), statement({ scan: 's2', at: later }))
    world.apply(started('s2', later), statement({ scan: 's2', at: later }), completed('s2', later, 1))
    expect([world.finding().state, world.finding(other).state]).toEqual(['open', 'resolved'])
  })

  test('an absent finding that is reported again opens again', () => {
    const world = scanned()
    world.apply(started('s2', later), completed('s2', later, 0), statement({ scan: 's3', at: later + 1 }))
    expect(world.finding().state).toBe('open')
  })
})

describe('deletion', () => {
  test('the findings of a deleted resource are gone, and older statements about it are dropped', () => {
    const world = new World()
    const resource = 'arn:aws:s3:::exports'
    world.apply(statement(), deleted(resource, START + DAY))
    expect(world.finding()).toMatchObject({ state: 'gone', closedBy: 'deleted', closedAt: START + DAY })
    expect(world.apply(statement({ at: START + MINUTE }))[0]?.outcome).toBe('after_deletion')
    expect(world.finding().state).toBe('gone')
  })

  test('a failing statement after the deletion opens it again', () => {
    const world = new World()
    world.apply(statement(), deleted('arn:aws:s3:::exports', START + DAY), statement({ at: START + 2 * DAY }))
    expect(world.finding().state).toBe('open')
  })

  test('a deletion older than the last failing statement changes nothing', () => {
    const world = new World()
    world.apply(statement({ at: START + DAY }), deleted('arn:aws:s3:::exports', START))
    expect(world.finding().state).toBe('open')
  })
})

describe('decisions and periods', () => {
  function tick(world: World): unknown {
    return elapse(stateKey.finding(statement().key), world.store, world.now, periods)
  }

  test('a mute with an expiry ends by itself, and the finding that still fails opens again', () => {
    const world = new World()
    world.apply(statement(), decision(statement().key, 'mute', START + 1, START + DAY))
    expect(world.finding().state).toBe('muted')
    world.now = START + DAY
    expect(tick(world)).toMatchObject({ cause: 'expiry' })
    expect(world.finding().state).toBe('open')
    expect(world.finding()).not.toHaveProperty('decision')
  })

  test('a decision is applied once, and an older one not at all', () => {
    const world = new World()
    const { key } = statement()
    world.apply(statement(), decision(key, 'mute', START + 2))
    expect(
      world.apply(decision(key, 'mute', START + 2), decision(key, 'unmute', START + 1)).map(({ outcome }) => outcome),
    ).toEqual(['repeated', 'stale'])
    expect(world.finding().state).toBe('muted')
  })

  test('a fix retires the mute: a relapse is seen', () => {
    const world = new World()
    world.apply(statement(), decision(statement().key, 'mute', START + 1))
    world.apply(statement({ verdict: 'pass', at: START + DAY }), statement({ at: START + 2 * DAY }))
    expect(world.finding().state).toBe('open')
  })

  test('an open finding is due for a refresh, a closed one to be forgotten with its mark', () => {
    const world = new World()
    world.apply(statement())
    world.now = START + 30 * DAY
    expect(tick(world)).toMatchObject({ cause: 'refresh' })
    world.apply(statement({ verdict: 'pass', at: START + DAY }))
    world.now += 400 * DAY
    expect(tick(world)).toHaveProperty('forgotten')
    expect([...world.store.keys('finding/'), ...world.store.keys('seen/')]).toEqual([])
  })

  test('what never failed is forgotten silently', () => {
    const world = new World()
    world.apply(statement({ verdict: 'pass' }))
    world.now = START + 30 * DAY
    expect(tick(world)).toBeUndefined()
    expect(world.finding()).toBeUndefined()
  })
})

test('any interleaving of two sources that respects each one’s order ends in the same state', () => {
  const resource = 'arn:aws:kms:eu-west-1:123456789012:key/1'
  const scanner = [
    started('s1', START),
    statement({ scan: 's1' }),
    statement({ scan: 's1', resource }),
    completed('s1', START, 2),
    started('s2', START + DAY),
    statement({ scan: 's2', resource, at: START + DAY }),
    completed('s2', START + DAY, 1),
  ]
  const inventory = [deleted(resource, START + MINUTE), deleted(resource, START + 2 * DAY)]
  const ends = new Set<string>()
  for (const events of interleavings(scanner, inventory)) {
    const world = new World()
    world.apply(...events)
    const [bucket, key] = [world.finding(), world.finding({ resource })]
    // Where the deletion was known before the first statement, the finding never came to be, which is as good as gone.
    ends.add(JSON.stringify([bucket.state, bucket.closedBy, key?.state ?? 'gone', key?.closedBy ?? 'deleted']))
  }
  expect([...ends]).toEqual([JSON.stringify(['resolved', 'absence', 'gone', 'deleted'])])
})

function* interleavings<Item>(one: readonly Item[], other: readonly Item[]): Iterable<Item[]> {
  if (one.length === 0 || other.length === 0) yield [...one, ...other]
  else {
    for (const rest of interleavings(one.slice(1), other)) yield [one[0]!, ...rest]
    for (const rest of interleavings(one, other.slice(1))) yield [other[0]!, ...rest]
  }
}
