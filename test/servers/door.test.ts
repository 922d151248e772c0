import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { askAt, openDoor, type Found } from './door.ts'

/** Takes the reason, and ends the test as vitest's own does. */
const skip = ((why: string) => {
  throw new Error(`skipped: ${why}`)
}) as unknown as TestContext['skip']

async function doorTo(find: () => Promise<Found<string>>) {
  const door = await openDoor(find)
  onTestFinished(() => door.close())
  return door
}

test('what is behind a door is started by the first who knocks, once, and stopped with it', async () => {
  const calls: string[] = []
  const door = await openDoor(() => {
    calls.push('start')
    return Promise.resolve({ at: 'here', stop: () => Promise.resolve(void calls.push('stop')) })
  })
  expect(calls).toEqual([])
  const asked = await Promise.all([askAt(door.port, 'server', skip), askAt(door.port, 'server', skip)])
  expect(asked).toEqual(['here', 'here'])
  expect(calls).toEqual(['start'])
  await door.close()
  expect(calls).toEqual(['start', 'stop'])
})

test('a server that cannot be had skips the test, one that does not start fails it', async () => {
  const { port: none } = await doorTo(() => Promise.resolve({ unavailable: 'no Java' }))
  await expect(askAt(none, 'server', skip)).rejects.toThrow('skipped: no Java')
  const { port: broken } = await doorTo(() => Promise.reject(new Error('port taken')))
  await expect(askAt(broken, 'server', skip)).rejects.toThrow('There is no shared server: port taken')
  await expect(askAt(undefined, 'server', skip)).rejects.toThrow('has no shared server')
})
