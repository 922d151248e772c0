import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Lifecycle } from './lifecycle.ts'

function recorded() {
  const events: string[] = []
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: object) => void events.push(`logged ${JSON.stringify(fields)}`),
  }
  const part = (name: string, stop: (signal: AbortSignal) => Promise<void> | void = () => {}) => ({
    name,
    start: () => {
      events.push(`start ${name}`)
      return async (signal: AbortSignal) => {
        events.push(`stop ${name}`)
        await stop(signal)
        events.push(`stopped ${name}`)
      }
    },
  })
  return { events, part, lifecycle: new Lifecycle(log) }
}

const forEver = (): Promise<void> => new Promise(() => {})

describe('a lifecycle', () => {
  test('stops in the opposite order of starting, each step only when the one above has ended', async () => {
    const { events, part, lifecycle } = recorded()
    await lifecycle.start([part('stream')])
    await lifecycle.start([part('sink a', () => sleep(20)), part('sink b')])
    await lifecycle.start([part('collector', () => sleep(20))])
    expect(await lifecycle.stop(1000)).toEqual({ cutOff: [] })
    expect(events.slice(4)).toEqual([
      'stop collector',
      'stopped collector',
      'stop sink a',
      'stop sink b',
      'stopped sink b',
      'stopped sink a',
      'stop stream',
      'stopped stream',
    ])
  })

  test('has one deadline for all: names what it cut off, and still stops what comes after', async () => {
    const { events, part, lifecycle } = recorded()
    await lifecycle.start([part('stream')])
    await lifecycle.start([part('sink', () => sleep(10))])
    await lifecycle.start([part('collector', forEver)])
    const started = performance.now()
    expect(await lifecycle.stop(50)).toEqual({ cutOff: ['collector'] })
    expect(performance.now() - started).toBeLessThan(1500)
    expect(events.slice(-4)).toEqual(['stop sink', 'stopped sink', 'stop stream', 'stopped stream'])
  })

  test('tells a part by its signal that the deadline has passed, and lets it put away its work first', async () => {
    const { events, part, lifecycle } = recorded()
    await lifecycle.start([part('stream')])
    await lifecycle.start([
      part(
        'sink',
        (signal) => new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 20))),
      ),
    ])
    expect(await lifecycle.stop(30)).toEqual({ cutOff: ['sink'] })
    expect(events.slice(-3)).toEqual(['stopped sink', 'stop stream', 'stopped stream'])
  })

  test('logs what fails while stopping, counts it as cut off, and goes on', async () => {
    const { events, part, lifecycle } = recorded()
    await lifecycle.start([part('stream')])
    await lifecycle.start([part('sink', () => Promise.reject(new Error('disk')))])
    expect(await lifecycle.stop(1000)).toEqual({ cutOff: ['sink'] })
    expect(events).toContain('stopped stream')
    expect(events.some((event) => event.startsWith('logged') && event.includes('sink'))).toBe(true)
  })

  test('stops what had started beside a part that could not', async () => {
    const { events, part, lifecycle } = recorded()
    const broken = { name: 'sink b', start: () => Promise.reject(new Error('no disk')) }
    await lifecycle.start([part('stream')])
    await expect(lifecycle.start([part('sink a'), broken])).rejects.toThrow('no disk')
    expect(await lifecycle.stop(1000)).toEqual({ cutOff: [] })
    expect(events.slice(-4)).toEqual(['stop sink a', 'stopped sink a', 'stop stream', 'stopped stream'])
  })

  test('stops once, however often it is asked', async () => {
    const { events, part, lifecycle } = recorded()
    await lifecycle.start([part('stream')])
    await Promise.all([lifecycle.stop(1000), lifecycle.stop(1)])
    expect(events).toEqual(['start stream', 'stop stream', 'stopped stream'])
  })
})
