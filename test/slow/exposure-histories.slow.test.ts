import { describe, expect, test } from 'vitest'
import { LADDERS } from '../../enrichment/evidence.ts'
import { differences, Histories } from '../exposure-histories.ts'

const RUNS = 10
const HISTORIES = 100
const VERSIONS = 500
/** Of what has a proof, the least share that each exposure must have. */
const LEAST_SHARE = 0.03
const values = [...LADDERS.exposure, 'unknown']

describe(`${RUNS * HISTORIES} histories of ${VERSIONS} versions`, () => {
  const counts = new Map<string, number>(values.map((value) => [value, 0]))

  test.for(Array.from({ length: RUNS }, (_, run) => run + 1))(
    `end as their last state alone does, run %i of ${RUNS}`,
    async (run) => {
      const histories = new Histories(1000 * run)
      let emitted = 0
      for (let count = 0; count < HISTORIES; count += 1) {
        const result = await histories.next(VERSIONS)
        expect(differences(result), `history ${count} of seed ${1000 * run}`).toEqual([])
        emitted += result.emitted
        for (const value of result.values.filter((each) => counts.has(each))) counts.set(value, counts.get(value)! + 1)
      }
      console.log(`run ${run}: ${HISTORIES} histories, ${emitted} emissions, 0 differences`)
    },
  )

  test('come to every exposure often enough for that to mean something', () => {
    const all = [...counts.values()].reduce((sum, each) => sum + each, 0)
    const shares = values.map((value) => [value, counts.get(value)! / all] as const)
    console.log(`${all} proofs: ${shares.map(([value, share]) => `${value} ${(100 * share).toFixed(1)} %`).join(', ')}`)
    for (const [value, share] of shares) expect(share, value).toBeGreaterThanOrEqual(LEAST_SHARE)
  })
})
