import { expect, test } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { Scrubber } from '../scrub.ts'
import { Conditions } from './conditions.ts'

function bench() {
  const time = { now: 1000 }
  const metrics = new MetricsRegistry()
  const scrubber = new Scrubber([new Secret('hunter22')])
  const conditions = new Conditions({ metrics, clock: () => time.now, scrubber })
  const condition = conditions.of({ stage: 'sinks', component: 'siem' })
  const gauge = async () => (await metrics.series('posture_component_waiting')).map(({ value }) => value)
  return { time, conditions, condition, gauge }
}
const down = (message = 'down'): Error => new TransientError('DOWN', message)

test('a component works until it says that it waits, which it may say again and again', async () => {
  const { time, condition, gauge } = bench()
  const speaker = condition.speaker()
  expect([condition.waiting, condition.lastError, await gauge()]).toEqual([undefined, undefined, [0]])
  speaker.waiting(down())
  time.now = 2000
  speaker.waiting(down('still down'))
  expect(condition.waiting).toEqual({ since: 1000, code: 'DOWN', message: 'still down' })
  expect(condition.lastError).toEqual({ since: 2000, code: 'DOWN', message: 'still down' })
  expect(await gauge()).toEqual([1])
  speaker.working()
  expect([condition.waiting, await gauge()]).toEqual([undefined, [0]])
  expect(condition.lastError).toEqual({ since: 2000, code: 'DOWN', message: 'still down' })
})

test('it waits as long as one of those who speak for it says so', async () => {
  const { time, condition, gauge } = bench()
  const [destination, stream] = [condition.speaker(), condition.speaker()]
  destination.waiting(down('destination'))
  time.now = 3000
  stream.waiting(down('stream'))
  expect(condition.waiting).toEqual({ since: 1000, code: 'DOWN', message: 'stream' })
  destination.working()
  expect([condition.waiting, await gauge()]).toEqual([{ since: 3000, code: 'DOWN', message: 'stream' }, [1]])
  stream.working()
  expect(await gauge()).toEqual([0])
})

test('a failure that it goes on from is only noted', async () => {
  const { condition, gauge } = bench()
  condition.speaker().failed(new Error('odd'))
  expect([condition.waiting, condition.lastError?.message, await gauge()]).toEqual([undefined, 'odd', [0]])
})

test('what is told holds no secret, and not everything that a server may send', () => {
  const { condition } = bench()
  condition.speaker().failed(new Error(`https://u:hunter22@host/path?key=1 refused hunter22 ${'x'.repeat(5000)}`))
  expect(condition.lastError?.message).toMatch(/^https:\/\/host refused \[secret\] x+$/)
  expect(condition.lastError?.message).toHaveLength(1000)
})

test('an error without words is told by its code', () => {
  const { condition } = bench()
  condition.speaker().failed(Object.assign(new Error(''), { code: 'ECONNRESET' }))
  expect(condition.lastError).toMatchObject({ code: 'ECONNRESET', message: 'ECONNRESET' })
})

test('each component has one condition', () => {
  const { conditions, condition } = bench()
  conditions.of({ stage: 'collectors', component: 'siem' })
  expect(conditions.of({ stage: 'sinks', component: 'siem' })).toBe(condition)
  expect(conditions.components.map(({ stage, component }) => `${stage} ${component}`)).toEqual([
    'sinks siem',
    'collectors siem',
  ])
})
