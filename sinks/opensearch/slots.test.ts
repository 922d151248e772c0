import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

const { signal } = new AbortController()

test('no more work at the same time than there are slots, in the order in which it came', async () => {
  const slots = new Slots(2)
  const started: number[] = []
  let running = 0
  let most = 0
  const work = (number: number) => async (): Promise<void> => {
    started.push(number)
    most = Math.max(most, ++running)
    await sleep(5)
    running -= 1
  }
  await Promise.all([0, 1, 2, 3, 4, 5].map((number) => slots.run(work(number), signal)))
  expect([started, most]).toEqual([[0, 1, 2, 3, 4, 5], 2])
})

test('work that fails makes room, and so does somebody who waits no longer', async () => {
  const slots = new Slots(1)
  const held = Promise.withResolvers<void>()
  const failing = slots.run(async () => {
    await held.promise
    throw new Error('failed')
  }, signal)
  const abort = new AbortController()
  const impatient = slots.run(async () => 'never', abort.signal)
  const patient = slots.run(async () => 'done', signal)
  abort.abort(new Error('gone'))
  await expect(impatient).rejects.toThrow('gone')
  held.resolve()
  await expect(failing).rejects.toThrow('failed')
  expect(await patient).toBe('done')
  expect(await slots.run(async () => 'free again', signal)).toBe('free again')
})

test('who gives up just when it is its turn passes the turn on', async () => {
  const slots = new Slots(1)
  const held = Promise.withResolvers<void>()
  const first = slots.run(() => held.promise, signal)
  const abort = new AbortController()
  const second = slots.run(async () => 'second', abort.signal).catch((error: Error) => error.message)
  const third = slots.run(async () => 'third', signal)
  held.resolve()
  await first
  abort.abort(new Error('gone'))
  await second
  expect(await third).toBe('third')
})
