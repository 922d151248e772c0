import { describe, expect, test } from 'vitest'
import { unwatched } from '../core/condition.ts'
import { PermanentError, TransientError } from '../core/errors.ts'
import { deliver, type Rejection } from './deliver.ts'
import { SinkHealth } from './health.ts'
import { sampleFinding } from './sample-findings.ts'
import type { PostureFinding, Sink } from './sink.ts'

const options = { backoff: { initialMs: 1, maxMs: 2 }, maxAttempts: 3 }
const busy = (): Error => new TransientError('BUSY', 'busy')
const findings = (keys: string): PostureFinding[] => [...keys].map((key) => sampleFinding(key))

interface Script {
  /** Per key, the errors that its outcomes carry before it is accepted. */
  readonly fails?: Record<string, Error[]>
  /** Called with the keys of every attempt; what it throws, `deliver` throws. */
  readonly before?: (keys: string) => void
  readonly check?: () => void
}

function stage({ fails = {}, before = () => {}, check = () => {} }: Script = {}) {
  const accepted: string[] = []
  const attempts: string[] = []
  const told: string[] = []
  const waits: boolean[] = []
  const counted = { retried: 0 }
  const observed: [name: string, outcome: string, value: number][] = []
  const say = (level: string) => (fields: object) =>
    void told.push(`${level} ${(fields as { code?: string }).code ?? ''}`)
  const sink: Sink = {
    check: async () => check(),
    deliver: async (batch) => {
      const keys = batch.map(({ key }) => key).join('')
      attempts.push(keys)
      before(keys)
      return batch.map(({ key }) => {
        const error = fails[key]?.shift()
        if (error) return { status: 'failed', error }
        accepted.push(key)
        return { status: 'delivered' }
      })
    },
  }
  const health = new SinkHealth(sink, {
    name: 'test',
    freshMs: 1,
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    metrics: {
      count: (_, by) => void (counted.retried += by),
      gauge() {},
      observe: (name, value, { outcome = '' }: { readonly outcome?: string }) =>
        void observed.push([name, outcome, value]),
    },
    condition: { waiting: () => void waits.push(true), working: () => void waits.push(false), failed() {} },
  })
  const run = (keys: string, signal = new AbortController().signal): Promise<Rejection[]> =>
    deliver(sink, findings(keys), options, health, signal)
  return { run, sink, health, accepted, attempts, told, waits, counted, observed }
}
const verdicts = (rejections: Rejection[]): string[] =>
  rejections.map(({ finding, error, attempts }) => `${finding.key} ${(error as TransientError).code} ${attempts}`)

test('every attempt is measured: how many findings, their bytes, how long it took and how it ended', async () => {
  let first = true
  const { run, observed } = stage({
    before: () => {
      if (first) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    },
    check: () => (first = false),
  })
  await run('abc')
  const bytes = findings('abc').reduce((sum, finding) => sum + finding.bytes.byteLength, 0)
  const of = (name: string) => observed.filter(([each]) => each === name).map(([, outcome, value]) => [outcome, value])
  expect(of('posture_sink_attempt_findings')).toEqual([
    ['', 3],
    ['', 3],
  ])
  expect(of('posture_sink_attempt_bytes').map(([, value]) => value)).toEqual([bytes, bytes])
  expect(of('posture_sink_attempt_seconds').map(([outcome]) => outcome)).toEqual(['threw', 'answered'])
  expect(of('posture_sink_attempt_seconds').every(([, seconds]) => Number(seconds) >= 0 && Number(seconds) < 5)).toBe(
    true,
  )
})

describe('a failed outcome is the verdict on one record', () => {
  test('only what failed is tried again', async () => {
    const { run, attempts, counted } = stage({ fails: { b: [busy()] } })
    expect(await run('abc')).toEqual([])
    expect(attempts).toEqual(['abc', 'b'])
    expect(counted).toEqual({ retried: 1 })
  })

  test('a permanent failure is rejected at once', async () => {
    const { run, accepted, attempts } = stage({ fails: { b: [new PermanentError('BAD', 'bad')] } })
    expect(verdicts(await run('ab'))).toEqual(['b BAD 1'])
    expect([accepted, attempts]).toEqual([['a'], ['ab']])
  })

  test('what keeps failing while the sink is healthy is rejected after the last attempt', async () => {
    const { run } = stage({ fails: { b: Array.from({ length: 9 }, busy) } })
    expect(verdicts(await run('ab'))).toEqual(['b BUSY 3'])
  })

  test('a foreign error counts as one that may pass', async () => {
    const { run, accepted } = stage({ fails: { a: [new Error('odd')] } })
    expect(await run('a')).toEqual([])
    expect(accepted).toEqual(['a'])
  })

  test('while nothing gets through and the check fails, failures do not count', async () => {
    let down = 20
    const check = (): void => {
      if (down-- > 0) throw new TransientError('DOWN', 'down')
    }
    const { run, accepted, waits } = stage({ fails: { a: Array.from({ length: 2 }, busy) }, check })
    expect(await run('a')).toEqual([])
    expect([accepted, waits[0], waits.at(-1)]).toEqual([['a'], true, false])
  })

  test('a failure that carries a fault waits and never counts, and rejects no other', async () => {
    const denied = (): Error => new TransientError('DENIED', '403', { fault: 'configuration' })
    const { run, accepted, told } = stage({ fails: { b: Array.from({ length: 12 }, denied), c: [busy()] } })
    expect(await run('abc')).toEqual([])
    expect(accepted).toEqual(['a', 'c', 'b'])
    expect(told).toEqual(['error DENIED', 'info '])
  })

  test('the pause that a failure asks for is kept', async () => {
    const slow = new TransientError('SLOW_DOWN', '429', { retryAfterMs: 60 })
    const { run } = stage({ fails: { b: [slow] } })
    const start = performance.now()
    await run('ab')
    expect(performance.now() - start).toBeGreaterThan(55)
  })
})

describe('a throw concerns the sink', () => {
  test.each([
    ['a wrong token', new TransientError('TOKEN_REFUSED', '401', { fault: 'configuration' }), 'error TOKEN_REFUSED'],
    ['a refused connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'warn ECONNREFUSED'],
    ['a full disk', Object.assign(new Error('full'), { code: 'ENOSPC' }), 'warn ENOSPC'],
    ['a forbidden file', Object.assign(new Error('no'), { code: 'EACCES' }), 'error EACCES'],
    [
      'an unknown host inside a failed fetch',
      new TypeError('fetch failed', { cause: Object.assign(new Error('dns'), { code: 'ENOTFOUND' }) }),
      'error TypeError',
    ],
  ])('%s is waited out as long as it lasts, told once, and rejects nothing', async (_, error, message) => {
    let left = 30
    const { run, accepted, attempts, told, waits } = stage({
      before: () => {
        if (left-- > 0) throw error
      },
    })
    expect(await run('ab')).toEqual([])
    expect(accepted).toEqual(['a', 'b'])
    expect(new Set(attempts)).toEqual(new Set(['ab']))
    expect(told).toEqual([message, 'info '])
    expect([waits[0], waits.at(-1)]).toEqual([true, false])
  })

  test('any throw is waited out while the check fails, without another delivery in between', async () => {
    let down = true
    let checks = 0
    const { run, attempts, told } = stage({
      before: () => {
        if (down) throw new Error('socket hang up')
      },
      check: () => {
        if (++checks > 10) down = false
        if (down) throw new TransientError('DOWN', 'down')
      },
    })
    expect(await run('ab')).toEqual([])
    expect(attempts).toEqual(['ab', 'ab'])
    expect(told).toEqual(['warn DOWN', 'info '])
  })

  test('a change of reason is told', async () => {
    const reasons = ['ECONNREFUSED', 'ECONNREFUSED', 'EACCES', 'EACCES', 'ECONNREFUSED']
    const { run, told } = stage({
      before: () => {
        const code = reasons.shift()
        if (code) throw Object.assign(new Error(code), { code })
      },
    })
    await run('a')
    expect(told).toEqual(['warn ECONNREFUSED', 'error EACCES', 'info '])
  })

  test('the record that makes a healthy sink throw is found by halving, and it alone is rejected', async () => {
    const { run, accepted, attempts } = stage({
      before: (keys) => {
        if (keys.includes('e')) throw new PermanentError('POISON', 'cannot digest e')
      },
    })
    expect(verdicts(await run('abcdefgh'))).toEqual(['e POISON 3'])
    expect(accepted.join('')).toBe('abcdfgh')
    expect(attempts).toEqual(['abcdefgh', 'abcd', 'efgh', 'ef', 'e', 'e', 'e', 'f', 'gh'])
  })

  test('two poisonous records in one batch do not take their neighbours along', async () => {
    const { run, accepted } = stage({
      before: (keys) => {
        if (/[ag]/.test(keys)) throw new Error('poison')
      },
    })
    expect((await run('abcdefgh')).map(({ finding }) => finding.key)).toEqual(['a', 'g'])
    expect(accepted.join('')).toBe('bcdefh')
  })

  test('an outage in the middle of the halving counts for nobody', async () => {
    let calls = 0
    const { run, accepted } = stage({
      before: (keys) => {
        if (++calls > 3 && calls < 20) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
        if (keys.includes('b')) throw new Error('poison')
      },
    })
    expect((await run('abcd')).map(({ finding, attempts }) => [finding.key, attempts])).toEqual([['b', 3]])
    expect(accepted.join('')).toBe('acd')
  })

  test('an answer that is short, long or malformed is a throw', async () => {
    for (const answer of [[], [{ status: 'delivered' }, { status: 'delivered' }], [undefined], undefined]) {
      const { health } = stage()
      const sink = { check: async () => {}, deliver: async () => answer } as unknown as Sink
      const rejections = await deliver(sink, findings('a'), options, health, new AbortController().signal)
      expect(verdicts(rejections)).toEqual(['a SINK_ANSWER_INCOMPLETE 3'])
    }
  })

  test('a throw that names a pause is waited out and never leads to a rejection', async () => {
    let left = 5
    const { run, attempts } = stage({
      before: () => {
        if (left-- > 0) throw new TransientError('SLOW_DOWN', '429', { retryAfterMs: 2 })
      },
    })
    expect(await run('ab')).toEqual([])
    expect(new Set(attempts)).toEqual(new Set(['ab']))
  })
})

describe('delivery as a whole', () => {
  test('an empty batch needs no sink', async () => {
    const { run, attempts } = stage()
    expect(await run('')).toEqual([])
    expect(attempts).toEqual([])
  })

  test('an abort leaves no verdict, and nobody waits any more', async () => {
    const { run, waits } = stage({
      before: () => {
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      },
    })
    await expect(run('a', AbortSignal.timeout(20))).rejects.toThrow('abort')
    expect(waits.at(-1)).toBe(false)
  })

  test('a failure that comes after the abort is no verdict, but a whole delivery is', async () => {
    const abort = new AbortController()
    const before = (): void => abort.abort()
    const failing = stage({ before, fails: { b: [new PermanentError('CUT_OFF', 'cut off')] } })
    await expect(failing.run('ab', abort.signal)).rejects.toThrow('abort')
    const late = new AbortController()
    const { run, accepted } = stage({ before: () => late.abort() })
    expect(await run('ab', late.signal)).toEqual([])
    expect(accepted).toEqual(['a', 'b'])
  })

  test('however many partitions wait, the destination is probed once at a time and its reason told once', async () => {
    let probing = 0
    let most = 0
    let probes = 0
    let down = true
    const { health, told } = stage()
    const sink: Sink = {
      check: async () => {
        probes += 1
        most = Math.max(most, ++probing)
        await new Promise((resolve) => setTimeout(resolve, 5))
        probing -= 1
        if (down) throw new TransientError('DOWN', 'down')
      },
      deliver: async (batch) => {
        if (down) throw new Error('broken')
        return batch.map(() => ({ status: 'delivered' }))
      },
    }
    const shared = new SinkHealth(sink, {
      name: 'test',
      freshMs: 20,
      log: { debug() {}, info() {}, error() {}, warn: () => void told.push('waits') },
      metrics: { count() {}, gauge() {}, observe() {} },
      condition: unwatched,
    })
    const partitions = Array.from({ length: 24 }, () =>
      deliver(sink, findings('a'), options, shared, new AbortController().signal),
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    down = false
    await Promise.all(partitions)
    expect(most).toBe(1)
    expect(probes).toBeLessThan(12)
    expect(told).toEqual(['waits'])
    health.close()
  })

  test('a check that hangs holds up neither the abort nor the end', async () => {
    let aborted = 0
    const sink: Sink = {
      check: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted += 1
            reject(new Error('aborted'))
          })
        }),
      deliver: async () => {
        throw new Error('broken')
      },
    }
    const health = new SinkHealth(sink, {
      name: 'test',
      freshMs: 1,
      log: { debug() {}, info() {}, error() {}, warn() {} },
      metrics: { count() {}, gauge() {}, observe() {} },
      condition: unwatched,
    })
    await expect(deliver(sink, findings('a'), options, health, AbortSignal.timeout(20))).rejects.toThrow('abort')
    health.close()
    expect(aborted).toBe(1)
  })
})
