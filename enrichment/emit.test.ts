import { describe, expect, test } from 'vitest'
import { samplePriority } from '../test/sample-priority.ts'
import { statement } from '../test/sample-statement.ts'
import type { PriorityBand } from '../schemas/records.ts'
import { nextRevision } from './emit.ts'
import type { Enricher, FindingContext } from './enricher.ts'
import { applyEvent } from './lifecycle/lifecycle.ts'
import { findingOf } from './lifecycle/periods.ts'
import { Overlay } from './state/overlay.ts'

const DAY = 24 * 3600 * 1000
const START = Date.UTC(2026, 10, 25, 12)
const { key } = statement('bucket')

/** One finding and what is emitted of it, a day after the other. */
class Days {
  readonly store = new Overlay({
    get: () => undefined,
    keys: () => [],
    findingsOf: () => [],
    findingsWithCve: () => [],
  })
  now = START
  context: FindingContext = {}

  says(verdict: 'fail' | 'pass'): unknown {
    applyEvent(statement('bucket', { verdict, at: this.now }), this.store, this.now)
    return this.#emit()
  }

  is(band: PriorityBand): unknown {
    this.context = { priority: samplePriority(band) }
    return this.#emit()
  }

  pass(days = 1): this {
    this.now += days * DAY
    return this
  }

  get urgentSince(): unknown {
    return findingOf(this.store, key)?.urgentSince
  }

  /** Days from the start until it is due; undefined where nothing was emitted, null where it has no due date. */
  #emit(): number | null | undefined {
    const enricher: Enricher = { name: 'e', version: 1, consumes: [], apply: () => [], enrich: () => this.context }
    const emission = nextRevision(key, 'context', this.store, [enricher], this.now)
    if (emission === undefined) return undefined
    const { unmapped } = JSON.parse(String(emission.record.value)) as { unmapped: { priority_due?: number } }
    return unmapped.priority_due === undefined ? null : (unmapped.priority_due - START) / DAY
  }
}

describe('the due date of what is emitted', () => {
  test('stays while the band does, counts anew from when it was raised, and takes up the old start when it falls', () => {
    const days = new Days()
    days.context = { priority: samplePriority('P3') }
    expect(days.says('fail')).toBe(30)
    expect(days.pass().is('P3')).toBeUndefined()
    expect(days.pass().is('P1')).toBe(2 + 3)
    expect(days.pass().is('P2')).toBe(2 + 7)
    expect(days.pass().is('P3')).toBe(30)
    expect(days.pass().is('P1')).toBe(5 + 3)
  })

  test('is gone with the finding, and a relapse counts anew', () => {
    const days = new Days()
    days.context = { priority: samplePriority('P1') }
    expect(days.says('fail')).toBe(3)
    expect(days.pass().says('pass')).toBeNull()
    expect(days.urgentSince).toBeUndefined()
    expect(days.pass().says('fail')).toBe(2 + 3)
    expect(days.urgentSince).toEqual({ P1: days.now, P2: days.now, P3: days.now, P4: days.now })
  })

  test('is none where nothing was prioritised', () => {
    const days = new Days()
    expect(days.says('fail')).toBeNull()
    expect(days.urgentSince).toBeUndefined()
  })
})

test('of enrichers each sees what those before it found out', () => {
  const days = new Days()
  applyEvent(statement('bucket', { at: START }), days.store, START)
  const seen: FindingContext[] = []
  const adding = (found: FindingContext): Enricher => ({
    name: 'e',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich: (_finding, _store, before) => {
      seen.push(before)
      return found
    },
  })
  const owner = { name: 'payments', source: 'tag team=payments' }
  nextRevision(key, 'observed', days.store, [adding({ owner }), adding({ priority: samplePriority('P1') })], START)
  expect(seen).toEqual([{}, { owner }])
})
