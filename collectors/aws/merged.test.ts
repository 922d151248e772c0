import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { merged } from './merged.ts'

const signal = new AbortController().signal

async function* counting(name: string, upTo: number): AsyncGenerator<string> {
  for (let each = 1; each <= upTo; each++) {
    await sleep(1)
    yield `${name}${each}`
  }
}

describe('merged', () => {
  test('gives every value of every source, each in its order, and each end', async () => {
    const seen: string[] = []
    for await (const step of merged(['a', 'b', 'c'], (name) => counting(name, 3), { limit: 2, signal }))
      seen.push('value' in step ? step.value : `${step.job} ended`)
    expect(seen).toHaveLength(12)
    for (const name of ['a', 'b', 'c'])
      expect(seen.filter((each) => each.startsWith(name))).toEqual([
        `${name}1`,
        `${name}2`,
        `${name}3`,
        `${name} ended`,
      ])
  })

  test('has no more sources under way than the limit, and goes on past one that throws', async () => {
    let underWay = 0
    let most = 0
    const open = async function* (name: string): AsyncGenerator<string> {
      most = Math.max(most, ++underWay)
      await sleep(2)
      yield name
      underWay -= 1
      if (name === 'b') throw new Error('refused')
    }
    const errors: unknown[] = []
    const values: string[] = []
    for await (const step of merged(['a', 'b', 'c', 'd'], open, { limit: 2, signal })) {
      if ('value' in step) values.push(step.value)
      else if (step.error !== undefined) errors.push(step.error)
    }
    expect(values.toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(errors).toMatchObject([{ message: 'refused' }])
    expect(most).toBe(2)
  })

  test('does not ask a source for more before its value was taken', async () => {
    let asked = 0
    const open = async function* (): AsyncGenerator<number> {
      for (;;) yield ++asked
    }
    for await (const step of merged(['a'], open, { limit: 1, signal })) {
      await sleep(5)
      if ('value' in step) expect(asked).toBe(step.value)
      if (asked === 3) break
    }
    expect(asked).toBe(3)
  })

  test('a consumer that stops ends the waits of all sources, and closes them', async () => {
    const closed: string[] = []
    const open = async function* (name: string, until: AbortSignal): AsyncGenerator<string> {
      try {
        yield name
        await sleep(60_000, undefined, { signal: until })
      } finally {
        closed.push(name)
      }
    }
    let seen = 0
    for await (const _ of merged(['a', 'b', 'c'], open, { limit: 3, signal })) if (++seen === 3) break
    expect(closed.toSorted()).toEqual(['a', 'b', 'c'])
  })
})
