import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../core/component.ts'
import { PermanentError } from '../../core/errors.ts'
import { Pacer } from '../../core/pacer.ts'
import { configSchema } from './config.ts'
import type { Pass } from './position.ts'
import { TargetSweep, type Pages, type SweptPage } from './target-sweep.ts'

const START = Date.UTC(2026, 10, 25)
const MINUTE_MS = 60_000
const signal = new AbortController().signal
const config = Value.Parse(configSchema, Value.Default(configSchema, { regions: ['eu-west-1'] }))
const target = { region: 'eu-west-1', aggregated: false, roleArn: undefined, externalId: undefined }
const silent = (): void => {}
const context: Context = {
  name: 'hub',
  tenant: 'acme',
  clock: () => START,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  metrics: { count: silent, gauge: silent, observe: silent },
}

/** Pages of update times in minutes from the start, by token; a page that is an error's code is refused so once. */
function hub(pages: Record<string, { minutes: (number | string)[]; token?: string } | 'refused'>) {
  const asked: Pass[] = []
  const refused = new Set<string>()
  const source: Pages = {
    pacer: new Pacer({ perSecond: 1e6, burst: 1e6 }),
    page: async (pass) => {
      asked.push(pass)
      const name = pass.token ?? 'first'
      const page = pages[name]
      if (page === undefined || (page === 'refused' && !refused.has(name))) {
        refused.add(name)
        throw new PermanentError('SECURITY_HUB_TOKEN', `${name} is refused`)
      }
      if (page === 'refused') return { records: [], token: undefined, at: START }
      const records = page.minutes.map((each) => ({
        UpdatedAt: typeof each === 'string' ? each : new Date(START + each * MINUTE_MS).toISOString(),
      }))
      return { records, token: page.token, at: START }
    },
  }
  return { source, asked }
}

async function sweep(source: Pages): Promise<SweptPage[]> {
  const pages: SweptPage[] = []
  for await (const page of new TargetSweep(config, target, source, context).pages({}, START, signal)) pages.push(page)
  return pages
}

function minutesOf(time: number): number {
  return (time - START) / MINUTE_MS
}

describe('the sweep of a target', () => {
  test('saves with each page where the next one is, and at the end from when the next sweep reads', async () => {
    const { source } = hub({ first: { minutes: [-9, -8], token: 't1' }, t1: { minutes: [-7] } })
    const [first, last] = await sweep(source)
    expect(first?.position.pass).toMatchObject({ token: 't1', pages: 1, findings: 2, reached: START - 8 * MINUTE_MS })
    expect(last?.position).toEqual({ readUntil: START })
  })

  test('goes on a second before the last finding read where a token is refused', async () => {
    const { source, asked } = hub({ first: { minutes: [-9, -8], token: 't1' }, t1: 'refused' })
    source.page = refusingAfter(source.page, 2)
    await expect(sweep(source)).rejects.toThrow(/enough/)
    expect(minutesOf(asked[2]!.from)).toBeCloseTo(-8 - 1 / 60)
    expect(asked[2]!.token).toBeUndefined()
    expect(asked[2]!.until).toBe(asked[0]!.until)
  })

  test('is not led astray by what is updated while it runs', async () => {
    const { source, asked } = hub({ first: { minutes: [-9, 3, -8], token: 't1' }, t1: 'refused' })
    source.page = refusingAfter(source.page, 2)
    await expect(sweep(source)).rejects.toThrow(/enough/)
    expect(minutesOf(asked[2]!.from)).toBeCloseTo(-8 - 1 / 60)
  })

  test.each([
    ['that keeps no order', [-8, -9]],
    ['that does not say when a finding was updated', [-9, 'yesterday']],
  ])('begins the whole window anew at a source %s', async (_what, minutes) => {
    const { source, asked } = hub({ first: { minutes, token: 't1' }, t1: 'refused' })
    source.page = refusingAfter(source.page, 2)
    await expect(sweep(source)).rejects.toThrow(/enough/)
    expect(asked[2]!.from).toBe(asked[0]!.from)
  })

  test('is not ended by a page without findings', async () => {
    const { source } = hub({
      first: { minutes: [], token: 't1' },
      t1: { minutes: [], token: 't2' },
      t2: { minutes: [-1] },
    })
    expect((await sweep(source)).flatMap(({ records }) => records)).toHaveLength(1)
  })

  test('notices tokens that go round', async () => {
    const round = {
      first: { minutes: [-5], token: 't1' },
      t1: { minutes: [-5], token: 't2' },
      t2: { minutes: [-5], token: 't1' },
    }
    const { source, asked } = hub(round)
    await expect(sweep(source)).rejects.toMatchObject({ code: 'SECURITY_HUB_TOKENS', fault: 'outage' })
    expect(asked.length).toBeLessThan(30)
  })
})

/** Ends a sweep once it has asked so often and once more. */
function refusingAfter(page: Pages['page'], times: number): Pages['page'] {
  let calls = 0
  return async (pass, until) => {
    const answer = page(pass, until)
    if (++calls <= times) return answer
    await answer.catch(silent)
    throw new PermanentError('ENOUGH', 'enough')
  }
}
