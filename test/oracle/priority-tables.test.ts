import { expect, test } from 'vitest'
import { FORM_POINTS, pointAt } from '../../enrichment/priority/point.ts'
import { Ruleset } from '../../enrichment/priority/ruleset.ts'
import { describe as describePoint } from '../../enrichment/priority/sample-space.ts'
import { TABLES } from '../../enrichment/priority/tables.ts'
import { bandsByTheText, type Facts } from './priority-tables.ts'

test('the evaluator says what the published text says of every combination of ladders and flags', () => {
  const began = performance.now()
  const ruleset = new Ruleset(TABLES)
  const differences: string[] = []
  let compared = 0
  bandsByTheText(false, (facts, index, raw, held) => {
    const point = pointAt(index)
    compared += 1
    if (index % 997 === 0) expect(factsAt(index)).toEqual(facts)
    const [ourRaw, ours] = [ruleset.steps(point).band, ruleset.band(point)]
    if ((ourRaw !== `P${raw}` || ours !== `P${held}`) && differences.length < 5)
      differences.push(`${describePoint(index)}: P${raw}, held P${held}, ours ${ourRaw}, held ${ours}`)
  })
  console.log(`${compared} combinations compared in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  expect(compared).toBe(FORM_POINTS)
  expect(differences).toEqual([])
})

function factsAt(index: number): Facts {
  const point = pointAt(index)
  return {
    exposure: point.rung('exposure') ?? 'unknown',
    exploitability: point.rung('exploitability') ?? 'unknown',
    identity: point.rung('identity') ?? 'unknown',
    data: point.rung('data') ?? 'unknown',
    path: point.rung('path') ?? 'unknown',
    asset: point.rung('asset') ?? 'unknown',
    severity: point.rung('severity') ?? 'unknown',
    anonymousAccess: point.rung('anonymousAccess') ?? 'unknown',
    liveSecret: point.rung('liveSecret') ?? 'unknown',
    isCve: point.isCve,
    kev: 'unknown',
    automatable: 'unknown',
    technicalImpact: 'unknown',
  }
}
