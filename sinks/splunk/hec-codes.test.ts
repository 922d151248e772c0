import { describe, expect, test } from 'vitest'
import { HEC_CODES as SERVED, type HecCode } from '../../test/servers/hec/codes.ts'
import { HEC_CODES, verdictOfStatus, type HecVerdict } from './hec-codes.ts'
import { blank, copies, findings, newHec, newProxy, openSplunk, shown, TOKEN } from './sample-splunk.ts'

const EVENTS = { path: '/event' }
const rows = HEC_CODES.map((row) => [row.code, row.verdict, row] as const)

test('the table has every code once, with the status that a server sends', () => {
  expect(rows.map(([code]) => code)).toEqual(Object.keys(SERVED).map(Number))
  for (const { code, status } of HEC_CODES) expect(SERVED[code as HecCode].status, String(code)).toBe(status)
})

test('every configuration fault has a remedy', () => {
  for (const { code, verdict, remedy = '' } of HEC_CODES)
    expect(verdict === 'configuration' ? remedy.length > 20 : remedy === '', String(code)).toBe(true)
})

describe('an answer to events with the code', () => {
  const of = (wanted: HecVerdict) => rows.filter(([, verdict]) => verdict === wanted)

  test.each([...of('taken'), ...of('taken-slowly')])('%i means delivered (%s)', async (code) => {
    const server = await newHec()
    server.next(1, code as HecCode)
    const sink = await openSplunk([server.url])
    expect(await sink.send(...findings('a', 'b'))).toEqual(['delivered', 'delivered'])
    expect(copies(server)).toEqual(['a@1', 'b@1'])
  })

  test.each(of('record'))('%i rejects the event, standing alone (%s)', async (code) => {
    const server = await newHec()
    server.next(1, code as HecCode)
    const sink = await openSplunk([server.url])
    expect(await sink.pump(findings('a'))).toMatchObject([
      { attempts: 1, error: { code: `SPLUNK_HEC_${code}`, retryable: false } },
    ])
    expect(copies(server)).toEqual([])
  })

  test.each(of('configuration'))('%i waits for an operator (%s)', async (code, _, { remedy }) => {
    const server = await newHec()
    server.next(2, code as HecCode)
    const sink = await openSplunk([server.url])
    await expect(sink.send(...findings('a', 'b'))).rejects.toMatchObject({
      code: `SPLUNK_HEC_${code}`,
      fault: 'configuration',
      message: expect.stringContaining(remedy!),
    })
    expect(await sink.pump(findings('a', 'b'))).toEqual([])
    expect(copies(server)).toEqual(['a@1', 'b@1'])
    expect(sink.told[0]?.what).toContain('error The sink waits until its configuration is mended')
  })

  test.each(of('outage'))('%i waits for Splunk (%s)', async (code) => {
    const server = await newHec()
    server.next(2, code as HecCode, { retryAfter: '3' })
    const sink = await openSplunk([server.url])
    await expect(sink.send(...findings('a'))).rejects.toMatchObject({
      code: `SPLUNK_HEC_${code}`,
      fault: 'outage',
      retryAfterMs: 3000,
    })
    server.behave()
    server.next(1, code as HecCode)
    expect(await sink.pump(findings('a', 'b'))).toEqual([])
    expect(copies(server)).toEqual(['a@1', 'b@1'])
  })

  test('17, of the health endpoint, is no answer to events', async () => {
    const server = await newHec()
    server.next(1, 17)
    const sink = await openSplunk([server.url])
    await expect(sink.send(...findings('a'))).rejects.toMatchObject({ code: 'SPLUNK_NOT_HEC' })
  })
})

describe('codes 24 and 25', () => {
  test('slow the next requests down, more each time, until all is well again', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url])
    const took = async (key: string): Promise<number> => {
      const start = performance.now()
      await sink.send(...findings(key))
      return performance.now() - start
    }
    server.next(1, 24)
    server.next(1, 25)
    await took('a')
    expect(await took('b')).toBeGreaterThan(240)
    expect(await took('c')).toBeGreaterThan(490)
    expect(await took('d')).toBeLessThan(490)
    expect(sink.told.map(({ what }) => what)).toEqual([expect.stringContaining('warn Splunk is near its capacity')])
  })
})

describe('an answer without a code that is known', () => {
  test.each<[number, HecVerdict]>([
    [200, 'taken'],
    [400, 'record'],
    [401, 'configuration'],
    [403, 'configuration'],
    [404, 'configuration'],
    [302, 'configuration'],
    [407, 'configuration'],
    [429, 'outage'],
    [408, 'outage'],
    [500, 'outage'],
    [502, 'outage'],
    [503, 'outage'],
    [504, 'outage'],
  ])('goes by its status: %i is %s', (status, verdict) => {
    expect(verdictOfStatus(status)).toBe(verdict)
  })

  test.each<[number, string, string, object]>([
    [503, '<html><h1>503 Service Unavailable</h1></html>', 'text/html', { code: 'SPLUNK_HTTP_503', fault: 'outage' }],
    [500, '', 'text/plain', { code: 'SPLUNK_HTTP_500', fault: 'outage' }],
    [
      401,
      '{"text":"call not properly authenticated","code":99}',
      'application/json',
      { code: 'SPLUNK_HTTP_401', fault: 'configuration' },
    ],
    [403, '<html>Blocked by policy</html>', 'text/html', { code: 'SPLUNK_HTTP_403', fault: 'configuration' }],
    [
      405,
      '{"text":"The requested URL was not found on this server.","code":404}',
      'application/json',
      { code: 'SPLUNK_HTTP_405', fault: 'configuration' },
    ],
    [302, '', 'text/plain', { code: 'SPLUNK_HTTP_302', fault: 'configuration' }],
    [500, '{"text":"Success","code":0}', 'application/json', { code: 'SPLUNK_HTTP_500', fault: 'outage' }],
    [200, '{"text":"ok"}', 'application/json', { code: 'SPLUNK_NOT_HEC', fault: 'configuration' }],
    [200, '', 'text/plain', { code: 'SPLUNK_NOT_HEC', fault: 'configuration' }],
  ])('waits: %i %s', async (status, body, type, expected) => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.answer(status, { ...EVENTS, body, headers: { 'content-type': type } })
    const sink = await openSplunk([proxy.url])
    await expect(sink.send(...findings('a'))).rejects.toMatchObject(expected)
    expect(copies(server)).toEqual([])
  })

  test('delivers with a number that this version does not know, under a status of success', async () => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.alter((answer) => ({ ...answer, body: Buffer.from('{"text":"Success, and more","code":77}') }), EVENTS)
    const sink = await openSplunk([proxy.url])
    expect(await sink.send(...findings('a'))).toEqual(['delivered'])
  })

  test('reads Retry-After as a date', async () => {
    const server = await newHec()
    server.busy(1, new Date(Date.now() + 60_000).toUTCString())
    const sink = await openSplunk([server.url])
    const error = await sink.send(...findings('a')).catch((thrown: unknown) => thrown as { retryAfterMs: number })
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000)
  })
})

describe('an event that HEC refuses', () => {
  const batch = (bad: readonly number[], size = 12) =>
    Array.from({ length: size }, (_, i) => (bad.includes(i) ? blank(`k${i}`) : findings(`k${i}`)[0]!))
  const good = (bad: readonly number[], size = 12) =>
    batch(bad, size).flatMap(({ key }, i) => (bad.includes(i) ? [] : [`${key}@1`]))

  test.each([[[0]], [[11]], [[5]], [[0, 1]], [[4, 7, 8]], [[0, 11]], [[...Array(12).keys()]]])(
    'at %j is rejected, and no other, and all others are in',
    async (bad) => {
      const server = await newHec()
      const sink = await openSplunk([server.url])
      const rejections = await sink.pump(batch(bad))
      expect(rejections.map(({ finding }) => finding.key).toSorted()).toEqual(bad.map((i) => `k${i}`).toSorted())
      expect(
        rejections.every(({ attempts, error }) => attempts === 1 && 'code' in error && error.code === 'SPLUNK_HEC_13'),
      ).toBe(true)
      expect(shown(server).toSorted()).toEqual(good(bad).toSorted())
      const most = Math.max(
        0,
        ...Map.groupBy(copies(server), (id) => id)
          .values()
          .map((each) => each.length),
      )
      expect(most).toBeLessThanOrEqual(2)
    },
  )

  test('costs a handful of requests among five hundred', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url])
    expect(await sink.pump(batch([250], 500))).toHaveLength(1)
    expect(server.requests().length).toBeLessThan(8)
    expect(shown(server)).toHaveLength(499)
  })

  test.each<[string, (number: unknown) => unknown]>([
    ['is missing', () => undefined],
    ['is one too high', (number) => Number(number) + 1],
    ['is beyond the request', () => 5000],
    ['is no number', () => 'second'],
  ])('is found also where its number %s', async (_, change) => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.alter((answer) => {
      const body = JSON.parse(answer.body.toString()) as Record<string, unknown>
      const number = change(body['invalid-event-number'])
      return answer.status === 400
        ? { ...answer, body: Buffer.from(JSON.stringify({ ...body, 'invalid-event-number': number })) }
        : answer
    }, EVENTS)
    const sink = await openSplunk([proxy.url])
    const rejections = await sink.pump(batch([3, 8]))
    expect(rejections.map(({ finding }) => finding.key).toSorted()).toEqual(['k3', 'k8'])
    expect(shown(server).toSorted()).toEqual(good([3, 8]).toSorted())
  })

  test("an index that the token may not write is no event's fault", async () => {
    const server = await newHec({ tokens: [{ token: TOKEN, indexes: ['main'] }] })
    const sink = await openSplunk([server.url], { index: 'posture' })
    await expect(sink.send(...findings('a', 'b'))).rejects.toMatchObject({
      code: 'SPLUNK_HEC_7',
      fault: 'configuration',
    })
  })
})
