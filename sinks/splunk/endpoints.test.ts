import { describe, expect, test } from 'vitest'
import { copies, findings, newHec, newProxy, openSplunk, shown } from './sample-splunk.ts'

const EVENTS = { path: '/event' }
const KEYS = Array.from({ length: 12 }, (_, i) => `k${i}`)

describe('several endpoints', () => {
  test('are used in turn', async () => {
    const servers = [await newHec(), await newHec(), await newHec()]
    const sink = await openSplunk(servers.map(({ url }) => url))
    for (const key of KEYS) await sink.send(...findings(key))
    expect(servers.map((server) => server.events().length)).toEqual([4, 4, 4])
  })

  test('take over from one that fails, which is left alone, and the log says so once', async () => {
    const [good, failing] = [await newHec(), await newHec()]
    const proxy = await newProxy(failing.url)
    proxy.answer(503, EVENTS)
    const sink = await openSplunk([proxy.url, good.url])
    for (const key of KEYS) expect(await sink.send(...findings(key))).toEqual(['delivered'])
    expect(copies(good)).toEqual(KEYS.map((key) => `${key}@1`))
    expect(proxy.requests()).toHaveLength(1)
    expect(sink.told).toMatchObject([
      {
        what: 'warn An endpoint of Splunk fails; the others are used',
        fields: { endpoint: proxy.url, code: 'SPLUNK_HTTP_503' },
      },
    ])
  })

  test('a failing one is asked again after the time it asked for', async () => {
    const servers = [await newHec(), await newHec()]
    servers[0]!.busy(1, '0.2')
    const sink = await openSplunk(servers.map(({ url }) => url))
    await sink.send(...findings('a'))
    expect(copies(servers[1]!)).toEqual(['a@1'])
    await new Promise((resolve) => setTimeout(resolve, 250))
    for (const key of ['b', 'c', 'd']) await sink.send(...findings(key))
    expect(servers[0]!.events().length).toBeGreaterThan(0)
    expect(shown(...servers).toSorted()).toEqual(['a@1', 'b@1', 'c@1', 'd@1'])
    expect(sink.told.map(({ what }) => what)).toEqual([
      expect.stringContaining('warn An endpoint'),
      expect.stringContaining('info The endpoint of Splunk works again'),
    ])
  })

  test('that fail all are all tried each time, and what an operator must mend is told first', async () => {
    const servers = [await newHec(), await newHec()]
    const proxy = await newProxy(servers[1]!.url)
    proxy.answer(401, { body: '{"text":"Invalid authorization","code":3}' })
    servers[0]!.next(1000, 9)
    const sink = await openSplunk([servers[0]!.url, proxy.url])
    for (let i = 0; i < 3; i += 1)
      await expect(sink.send(...findings('a'))).rejects.toMatchObject({ code: 'SPLUNK_HEC_3', fault: 'configuration' })
    expect(proxy.requests()).toHaveLength(3)
    servers[0]!.behave()
    expect(await sink.pump(findings('a', 'b'))).toEqual([])
    expect(copies(servers[0]!)).toEqual(['a@1', 'b@1'])
  })

  test('pass the check when one of them does', async () => {
    const [good, ill] = [await newHec(), await newHec()]
    ill.unhealthy()
    const sink = await openSplunk([ill.url, good.url])
    await sink.check(AbortSignal.timeout(5000))
    good.unhealthy(19)
    await expect(sink.check(AbortSignal.timeout(5000))).rejects.toMatchObject({ fault: 'outage' })
  })

  test('ask each for its own acknowledgements', async () => {
    const servers = [await newHec({ ackDelayMs: 20 }), await newHec({ ackDelayMs: 20 })]
    const sink = await openSplunk(
      servers.map(({ url }) => url),
      { acknowledge: { deadlineMs: 5000, pollMs: 5 } },
    )
    await Promise.all(KEYS.map((key) => sink.send(...findings(key))))
    expect(servers.map((server) => server.events().length)).toEqual([6, 6])
    expect(copies(...servers).toSorted()).toEqual(KEYS.map((key) => `${key}@1`).toSorted())
  })

  test('take over what a stopped one did not answer; nothing is lost', async () => {
    const servers = [await newHec(), await newHec()]
    const sink = await openSplunk(servers.map(({ url }) => url))
    const pumping = Promise.all(KEYS.map((key) => sink.pump(findings(...[1, 2, 3, 4].map((i) => `${key}-${i}`)))))
    await servers[0]!.stop()
    expect((await pumping).flat()).toEqual([])
    expect(shown(...servers)).toHaveLength(48)
  })
})
