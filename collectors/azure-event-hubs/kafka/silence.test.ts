import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Silence } from './silence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function newSilence(): { silence: Silence; told: () => number; pass: (ms: number) => Promise<void> } {
  let told = 0
  const tell = async (): Promise<void> => void (told += 1)
  const silence = new Silence({ waitMs: 2000, sessionMs: 6000, tell })
  onTestFinished(() => silence.stop())
  return { silence, told: () => told, pass: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)) }
}

test('a hub that brings nothing is told of again and again, as long as the group answers', async () => {
  const { silence, told, pass } = newSilence()
  silence.joined()
  await pass(1900)
  expect(told()).toBe(0)
  await pass(400)
  expect(told()).toBe(1)
  await pass(2400)
  expect(told()).toBe(2)
  await pass(20_000)
  const whileAnswered = told()
  await pass(20_000)
  expect(told()).toBe(whileAnswered)
  silence.beat()
  await pass(1000)
  expect(told()).toBe(whileAnswered + 1)
})

test('before the partitions are there, and while they are shared out anew, nothing is told', async () => {
  const { silence, told, pass } = newSilence()
  await pass(10_000)
  silence.joined()
  silence.moved()
  silence.beat()
  await pass(5000)
  expect(told()).toBe(0)
})

test('while messages wait to become durable nothing is told, and then the wait begins anew', async () => {
  const { silence, told, pass } = newSilence()
  silence.joined()
  const { promise, resolve } = Promise.withResolvers<void>()
  const work = silence.broken(() => promise)
  await pass(5000)
  expect([silence.isBroken, told()]).toEqual([true, 0])
  resolve()
  await work
  silence.beat()
  await pass(1500)
  expect(told()).toBe(0)
  await pass(700)
  expect(told()).toBe(1)
})
