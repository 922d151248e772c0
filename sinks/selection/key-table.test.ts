import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { KeyTable } from './key-table.ts'

/** Bytes of flat memory that are in use. */
function held(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().arrayBuffers
}

const keys = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `v1:${from + at}`)

test('does what a map does, whatever is set, set again and deleted in whatever order', () => {
  const key = fc.integer({ min: 0, max: 40 }).map(String)
  const step = fc.oneof(
    fc.record({ key, numbers: fc.tuple(fc.integer(), fc.double({ noNaN: true })) }),
    fc.record({ key }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new KeyTable(2)
      const model = new Map<string, readonly [number, number]>()
      for (const each of steps) {
        if ('numbers' in each) {
          table.set(each.key, ...each.numbers)
          model.set(each.key, each.numbers)
        } else {
          table.delete(each.key)
          model.delete(each.key)
        }
      }
      expect(table.size).toBe(model.size)
      for (let at = 0; at <= 40; at++) {
        const known = model.get(String(at))
        expect(table.has(String(at))).toBe(known !== undefined)
        expect([table.get(String(at), 0), table.get(String(at), 1)]).toEqual([known?.[0], known?.[1]])
      }
      expect(table.column(0).toSorted()).toEqual(Float64Array.from(model.values(), ([first]) => first).toSorted())
    }),
  )
})

test('a set of keys takes about 20 bytes a key, also after as many have been deleted again', async () => {
  const before = held()
  const table = new KeyTable()
  for (const key of keys(200_000)) table.set(key)
  for (const key of keys(190_000)) table.delete(key)
  for (const key of keys(190_000, 200_000)) table.set(key)
  // What the garbage collector has found is given back a little later.
  await vi.waitFor(() => expect((held() - before) / table.size).toBeLessThan(22), { timeout: 5000 })
  expect(table.size).toBe(200_000)
  expect(table.has('v1:195000') && table.has('v1:389999') && !table.has('v1:0')).toBe(true)
})
