import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeats } from './heartbeats.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function refusal(type: string): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type })
}

/** Answers every heartbeat with what stands next here, the last again and again. */
function beating(...answers: readonly (Error | undefined)[]): { beats: Heartbeats; count: () => number } {
  let count = 0
  const beat = async (): Promise<void> => {
    const answer = answers[Math.min(count, answers.length - 1)]
    count += 1
    if (answer !== undefined) throw answer
  }
  return { beats: new Heartbeats(beat, 1000), count: () => count }
}

test('it goes on until it is disposed of', async () => {
  const { beats, count } = beating(undefined)
  await vi.advanceTimersByTimeAsync(10_500)
  expect(count()).toBe(10)
  beats[Symbol.dispose]()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(count()).toBe(10)
  expect(beats.moved).toBeUndefined()
})

test('a connection that fails is no loss', async () => {
  const { beats } = beating(Object.assign(new Error('cut'), { name: 'KafkaJSConnectionClosedError' }), undefined)
  await vi.advanceTimersByTimeAsync(5000)
  expect([beats.moved, beats.givenUp.aborted]).toEqual([undefined, false])
  beats[Symbol.dispose]()
})

test('while the group moves it beats on, and what is under way gets ten seconds', async () => {
  const { beats, count } = beating(undefined, refusal('REBALANCE_IN_PROGRESS'))
  await vi.advanceTimersByTimeAsync(11_500)
  expect(beats.moved).toMatchObject({ type: 'REBALANCE_IN_PROGRESS' })
  expect(beats.givenUp.aborted).toBe(false)
  expect(count()).toBe(11)
  await vi.advanceTimersByTimeAsync(1000)
  expect(beats.givenUp.aborted).toBe(true)
  beats[Symbol.dispose]()
})

test('whom the group does not know any more gives up at once', async () => {
  const { beats } = beating(refusal('REBALANCE_IN_PROGRESS'), refusal('UNKNOWN_MEMBER_ID'))
  await vi.advanceTimersByTimeAsync(2500)
  expect(beats.givenUp.reason).toMatchObject({ type: 'UNKNOWN_MEMBER_ID' })
  expect(beats.moved).toMatchObject({ type: 'UNKNOWN_MEMBER_ID' })
  beats[Symbol.dispose]()
})
