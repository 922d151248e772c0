import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { FORM_POINTS, LADDER_POINTS, POINT_COUNT } from '../../enrichment/priority/point.ts'
import { Ruleset } from '../../enrichment/priority/ruleset.ts'
import {
  ALL_FORMS,
  bandsOf,
  brokenPromises,
  describe as describePoint,
} from '../../enrichment/priority/sample-space.ts'
import { TABLES } from '../../enrichment/priority/tables.ts'
import { bandsByTheText } from '../oracle/priority-tables.ts'

test(`the bands of all ${POINT_COUNT} combinations keep every promise and are what the published text says`, async () => {
  const timings: string[] = []
  const bands = timed('evaluated', timings, () => bandsOf(new Ruleset(TABLES), ALL_FORMS))
  expect(timed('promises checked', timings, () => brokenPromises(bands, ALL_FORMS))).toEqual([])
  expect(timed('CVEs compared with none', timings, () => calmerAsCve(bands))).toEqual([])
  expect(timed('compared with the text', timings, () => differences(bands))).toEqual([])
  console.log(`${POINT_COUNT} combinations: ${timings.join(', ')}`)
  // What the golden file leaves out, flags and CVEs, changes this: then it is to be written anew, with --update.
  await expect(summary(bands)).toMatchFileSnapshot('../../enrichment/priority/golden/space.txt')
})

function calmerAsCve(bands: Uint8Array): string[] {
  const calmer: string[] = []
  for (let index = FORM_POINTS; index < POINT_COUNT && calmer.length < 5; index++)
    if (bands[index]! > bands[index % FORM_POINTS]!) calmer.push(describePoint(index))
  return calmer
}

/** The text's combinations come in the order of our indexes: those of what is no CVE, then those of CVEs. */
function differences(bands: Uint8Array): string[] {
  const found: string[] = []
  for (const isCve of [false, true]) {
    const start = isCve ? FORM_POINTS : 0
    for (const [at, band] of bandsByTheText(isCve).entries())
      if (bands[start + at] !== band && found.length < 5)
        found.push(`${describePoint(start + at)}: P${band} by the text, ours P${bands[start + at]}`)
  }
  return found
}

function summary(bands: Uint8Array): string {
  const counts = [0, 0, 0, 0, 0]
  for (const band of bands) counts[band]! += 1
  const [, ...byBand] = counts
  const lines = byBand.map((count, at) => `P${at + 1} ${count}`)
  const hash = createHash('sha256').update(bands).digest('hex')
  const forms = POINT_COUNT / LADDER_POINTS
  return `${[`combinations ${POINT_COUNT} (${LADDER_POINTS} of the ladders, ${forms} forms of flags and CVE)`, ...lines, `sha256 ${hash}`].join('\n')}\n`
}

function timed<T>(what: string, timings: string[], work: () => T): T {
  const began = performance.now()
  const result = work()
  timings.push(`${what} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}
