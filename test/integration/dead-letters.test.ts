import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import type { Enricher } from '../../enrichment/enricher.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { statement } from '../sample-statement.ts'
import { ScratchStages } from '../scratch-stages.ts'

const HUGE_BYTES = 2 * 1024 * 1024
const names = Array.from({ length: 10 }, (_, index) => `bucket-${index}`)
const events = names.map((name) => statement(name, name === 'bucket-7' ? { text: 'x'.repeat(HUGE_BYTES) } : {}))
const poison: Enricher = {
  name: 'poison',
  version: 1,
  consumes: [],
  apply: () => [],
  enrich: ({ identity }) => {
    if (identity.resource === 'bucket-3') throw new TypeError('a defect')
    return {}
  },
}

function resourcesOf({ delivered }: ScratchStages): string[] {
  return delivered.map(({ event }) => (event['resources'] as { uid: string }[])[0]!.uid).toSorted()
}

function reason({ headers }: StreamRecord): string {
  return ['stage', 'component', 'code', 'message', 'origin', 'part']
    .map((name) => headers[`dl_${name}`] ?? '')
    .join(' | ')
}

describe.each(['embedded', 'kafka'] as const)('on a stream of type %s', (type) => {
  test('of ten records one that enrichment cannot take and one of 2 MB are set aside, and eight are delivered', async (context) => {
    const stages = await ScratchStages.start(type, context, { enricher: poison })
    await stages.collect(events)
    await stages.settled()
    expect(resourcesOf(stages)).toEqual(names.filter((name) => name !== 'bucket-3' && name !== 'bucket-7'))
    expect(stages.metrics.total('posture_dead_letters_total')).toBe(2)
    const letters = await stages.records('deadLetters')
    const [small, large] = [
      letters.filter(({ key }) => key === events[3]!.key),
      letters.filter(({ key }) => key !== events[3]!.key),
    ]
    expect(small.map(reason)).toEqual([
      expect.stringMatching(/^enrichment \| enrichment \| TypeError \| a defect \| posture\.events\/\d\/3 \| $/),
    ])
    expect(JSON.parse(Buffer.from(small[0]!.value!).toString())).toEqual(events[3])
    expect(large.map(reason)).toEqual(
      [1, 2, 3, 4, 5].map((part) =>
        expect.stringMatching(
          new RegExp(
            `^collectors \\| numbered \\| EVENT_TOO_LARGE \\| .*2098\\d{3} bytes.* \\| finding.observed/${events[7]!.id} \\| ${part}/5$`,
          ),
        ),
      ),
    )
    expect(JSON.parse(Buffer.concat(large.map(({ value }) => value!)).toString())).toEqual(events[7])
  })

  test('one record at which a sink always throws is set aside, and nine are delivered', async (context) => {
    const stages = await ScratchStages.start(type, context, {
      judge: ({ event }) => {
        if (JSON.stringify(event).includes('bucket-3')) throw new TypeError('a defect of the sink')
        return undefined
      },
    })
    await stages.collect(events.filter((_, index) => index !== 7))
    await stages.settled()
    expect(resourcesOf(stages)).toEqual(names.filter((name) => name !== 'bucket-3' && name !== 'bucket-7'))
    expect((await stages.records('deadLetters')).map(reason)).toEqual([
      expect.stringMatching(/^sinks \| kept \| TypeError \| a defect of the sink \| posture\.findings\/\d\/3 \| $/),
    ])
  })

  test('a record that only becomes too large as a finding is set aside, and its partition goes on', async (context) => {
    const stages = await ScratchStages.start(type, context)
    await stages.collect([
      statement('bucket-0'),
      statement('bucket-1', { text: 'y'.repeat(999_100) }),
      statement('bucket-2'),
    ])
    await stages.settled()
    expect(resourcesOf(stages)).toEqual(['bucket-0', 'bucket-2'])
    const letters = await stages.records('deadLetters')
    expect(new Set(letters.map(({ headers }) => `${headers['dl_stage']} ${headers['dl_code']}`))).toEqual(
      new Set(['enrichment RECORD_TOO_LARGE']),
    )
  })

  test('what a sink refuses keeps its bytes and says why', async (context) => {
    const stages = await ScratchStages.start(type, context, {
      judge: ({ event }) =>
        JSON.stringify(event).includes('bucket-3') ? new PermanentError('REFUSED', 'not wanted') : undefined,
    })
    await stages.collect([events[2]!, events[3]!])
    await stages.settled()
    const [finding] = (await stages.records('findings')).filter(({ key }) => key === events[3]!.key)
    const letters = await stages.records('deadLetters')
    expect(letters.map(({ value }) => value)).toEqual([finding!.value])
    expect(letters.map(reason)).toEqual([
      expect.stringMatching(/^sinks \| kept \| REFUSED \| not wanted \| posture\.findings\/\d\/1 \| $/),
    ])
  })
})
