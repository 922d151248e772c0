import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { attemptAll, concurrently, groupsOf, pages } from './listing.ts'

interface Page {
  readonly items?: number[]
  readonly next?: string
}
const PAGES: Readonly<Record<string, Page>> = {
  '': { items: [1, 2], next: 'a' },
  a: { next: 'b' },
  b: { items: [3], next: '' },
}
const pageOf = async (token = '') => PAGES[token]!

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const each of items) found.push(each)
  return found
}

describe('a listing', () => {
  test('has all pages, also empty ones, and ends with an empty token', async () => {
    const found = await all(pages(pageOf, ({ next }) => next))
    expect(found.flatMap(({ items = [] }) => items)).toEqual([1, 2, 3])
  })

  test('whose page names itself as the next one fails: it would never end', async () => {
    const same = async () => ({ next: 'a' })
    await expect(all(pages(same, ({ next }) => next))).rejects.toMatchObject({ code: 'AWS_PAGES_REPEAT' })
  })

  test('of one property is what all its pages hold, or nothing when one of them is refused', async () => {
    const read = ({ items, next }: Page) => ({ items, next })
    expect(await attemptAll(async (token) => ({ value: await pageOf(token) }), read)).toEqual({ value: [1, 2, 3] })
    const refusing = async (token?: string) => (token === 'b' ? { refused: 'no' } : { value: await pageOf(token) })
    expect(await attemptAll(refusing, read)).toEqual({ refused: 'no' })
  })
})

describe('several at once', () => {
  test('come in the order of the items, and never more than so many run', async () => {
    let running = 0
    let most = 0
    const work = async (item: number) => {
      most = Math.max(most, ++running)
      await sleep(item % 3)
      running -= 1
      return item
    }
    const items = Array.from({ length: 30 }, (_, index) => index)
    expect(await all(concurrently(items, work, 4))).toEqual(items)
    expect(most).toBe(4)
  })

  test('after a failure none is begun, and none is left running', async () => {
    const begun: number[] = []
    let ended = 0
    const work = async (item: number) => {
      begun.push(item)
      await sleep(1)
      ended += 1
      if (item === 1) throw new Error('item 1')
    }
    await expect(all(concurrently([0, 1, 2, 3, 4, 5, 6, 7], work, 3))).rejects.toThrow('item 1')
    expect(begun).toEqual([0, 1, 2, 3])
    expect(ended).toBe(4)
  })

  test('a reader that stops early leaves none running', async () => {
    let ended = 0
    const work = async () => {
      await sleep(1)
      ended += 1
    }
    for await (const _ of concurrently([1, 2, 3, 4, 5], work, 2)) break
    expect(ended).toBe(2)
  })
})

test('groups hold at most so many', () => {
  expect(groupsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(groupsOf([], 2)).toEqual([])
})
