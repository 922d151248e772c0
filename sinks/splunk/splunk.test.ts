import { describe, expect, test } from 'vitest'
import { sinkContract } from '../sink.contract.ts'
import { sampleFinding } from '../sample-findings.ts'
import { splunk } from './splunk.ts'
import { copies, findings, newHec, newProxy, openSplunk, shown, TOKEN } from './sample-splunk.ts'

const EVENTS = { path: '/event' }

sinkContract('splunk', async () => {
  const server = await newHec()
  return { takes: splunk.takes, open: () => openSplunk([server.url]), held: async () => shown(server) }
})

sinkContract('splunk, with acknowledgements,', async () => {
  const server = await newHec()
  const acknowledge = { deadlineMs: 5000, pollMs: 2 }
  return { takes: splunk.takes, open: () => openSplunk([server.url], { acknowledge }), held: async () => shown(server) }
})

describe('a request', () => {
  test('holds one object per finding, one after another, compressed, with the token in its header', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url])
    await sink.send(...findings('a', 'b', 'c'))
    const [request] = server.requests()
    expect(server.requests()).toHaveLength(1)
    expect(request!.path).toBe('/services/collector/event')
    expect(request!.headers).toMatchObject({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
    expect(request!.headers['authorization']).toBe(`Splunk ${TOKEN}`)
    expect(request!.unpackedBytes).toBeGreaterThan(request!.bytes)
    expect(copies(server)).toEqual(['a@1', 'b@1', 'c@1'])
  })

  test('is not compressed where that is not wanted, and has no channel without acknowledgements', async () => {
    const server = await newHec()
    const sink = await openSplunk([`${server.url}/`], { compression: false })
    await sink.send(...findings('a'))
    expect(server.requests()[0]!.headers).not.toHaveProperty('content-encoding')
    expect(server.requests()[0]!.headers).not.toHaveProperty('x-splunk-request-channel')
    expect(copies(server)).toEqual(['a@1'])
  })

  test('keeps to maxBatchBytes before compression; what is larger goes alone', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url], { maxBatchBytes: 3000 })
    const large = sampleFinding('large', 1, { message: 'm'.repeat(6000) })
    await sink.send(...findings('a', 'b', 'c', 'd', 'e', 'f'), large, ...findings('g', 'h'))
    const sizes = server.requests().map(({ unpackedBytes }) => unpackedBytes!)
    expect(sizes.length).toBeGreaterThan(3)
    expect(sizes.filter((size) => size > 3000)).toHaveLength(1)
    expect(copies(server).join(' ')).toBe('a@1 b@1 c@1 d@1 e@1 f@1 large@1 g@1 h@1')
  })

  test('goes below the path of the endpoint', async () => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.answer(200, { path: '/splunk/services/collector/event', body: '{"text":"Success","code":0}' })
    const sink = await openSplunk([`${proxy.url}/splunk/`])
    expect(await sink.send(...findings('a'))).toEqual(['delivered'])
    const whole = await openSplunk([`${server.url}/services/collector/event/1.0`])
    expect(await whole.send(...findings('b'))).toEqual(['delivered'])
  })
})

describe('what was delivered in the life of this process', () => {
  test('is not sent again, also where the batches differ', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url])
    await sink.send(...findings('a', 'b'))
    await sink.send(...findings('a', 'b', 'c'))
    await sink.send(...findings('c', 'c', 'd'))
    expect(copies(server)).toEqual(['a@1', 'b@1', 'c@1', 'd@1'])
  })

  test('is sent again when its text is another one', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url])
    await sink.send(sampleFinding('a', 1, { title: 'one' }))
    await sink.send(sampleFinding('a', 1, { title: 'another' }))
    expect(copies(server)).toEqual(['a@1', 'a@1'])
  })

  test('is there once when a delivery is cut off on its way and comes again', async () => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.delay(60, EVENTS)
    const sink = await openSplunk([proxy.url])
    const abort = new AbortController()
    const cut = sink.deliver(findings('a', 'b'), abort.signal)
    await expect.poll(() => proxy.requests().length).toBe(1)
    abort.abort()
    await expect(cut).rejects.toThrow('abort')
    expect(await sink.send(...findings('a', 'b', 'c'))).toEqual(['delivered', 'delivered', 'delivered'])
    expect(copies(server)).toEqual(['a@1', 'b@1', 'c@1'])
  })

  test('is there once where only the second request of a batch failed', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url], { maxBatchBytes: 1000 })
    await sink.send(...findings('a'))
    server.next(1, 8)
    expect(await sink.pump(findings('a', 'b', 'c'))).toEqual([])
    expect(copies(server)).toEqual(['a@1', 'b@1', 'c@1'])
  })
})

describe('closing', () => {
  test('breaks off what is under way, and what waits', async () => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.stall(EVENTS)
    const sink = await openSplunk([proxy.url], { requestTimeoutMs: 60_000 })
    const stalled = sink.send(...findings('a')).catch((error: unknown) => String(error))
    await expect.poll(() => proxy.requests().length).toBe(1)
    await sink.close!()
    expect(await stalled).toContain('aborted')
  })
})

describe('a check', () => {
  test.each([18, 19, 20] as const)('says that HEC takes nothing now (%i)', async (code) => {
    const server = await newHec()
    server.unhealthy(code)
    const sink = await openSplunk([server.url])
    await expect(sink.check(new AbortController().signal)).rejects.toMatchObject({
      code: `SPLUNK_HEC_${code}`,
      fault: 'outage',
    })
  })

  test('says that the token is unknown, or disabled', async () => {
    const server = await newHec({ tokens: [{ token: 'off', disabled: true }] })
    const signal = new AbortController().signal
    await expect((await openSplunk([server.url])).check(signal)).rejects.toMatchObject({
      code: 'SPLUNK_HEC_21',
      fault: 'configuration',
    })
    await expect((await openSplunk([server.url], { token: 'off' })).check(signal)).rejects.toMatchObject({
      code: 'SPLUNK_HEC_22',
    })
  })

  test('says when the token gives no acknowledgements', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url], {
      token: TOKEN,
      acknowledge: { deadlineMs: 1000, pollMs: 1 },
    })
    await expect(sink.check(new AbortController().signal)).rejects.toMatchObject({
      code: 'SPLUNK_HEC_14',
      fault: 'configuration',
      message: expect.stringContaining('Enable indexer acknowledgement'),
    })
  })

  test('says when something else answers', async () => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.answer(200, { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } })
    const sink = await openSplunk([proxy.url])
    await expect(sink.check(new AbortController().signal)).rejects.toMatchObject({
      code: 'SPLUNK_NOT_HEC',
      fault: 'configuration',
    })
    await expect(sink.send(...findings('a'))).rejects.toMatchObject({ code: 'SPLUNK_NOT_HEC', fault: 'configuration' })
  })
})
