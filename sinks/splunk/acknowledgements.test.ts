import { describe, expect, test } from 'vitest'
import { newBalancer } from './sample-balancer.ts'
import { copies, findings, forever, newHec, newProxy, openSplunk, shown, TOKEN } from './sample-splunk.ts'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const acknowledge = { deadlineMs: 5000, pollMs: 5 }
const acksOf = (paths: readonly { readonly path: string }[]) => paths.filter(({ path }) => path.includes('/ack'))

describe('with acknowledgements', () => {
  test('a finding is delivered when it is indexed, and not before', async () => {
    const server = await newHec({ ackDelayMs: 150 })
    const sink = await openSplunk([server.url], { acknowledge })
    const start = performance.now()
    expect(await sink.send(...findings('a', 'b'))).toEqual(['delivered', 'delivered'])
    expect(performance.now() - start).toBeGreaterThan(145)
    const [event] = server.requests()
    expect(event!.headers['x-splunk-request-channel']).toMatch(GUID)
    const channel = String(event!.headers['x-splunk-request-channel'])
    expect(acksOf(server.requests()).every(({ path }) => path === `/services/collector/ack?channel=${channel}`)).toBe(
      true,
    )
  })

  test('Splunk is asked in growing pauses, and not at all when nothing waits', async () => {
    const server = await newHec({ ackDelayMs: 600 })
    const sink = await openSplunk([server.url], { acknowledge: { deadlineMs: 5000, pollMs: 10 } })
    await sink.send(...findings('a'))
    const asked = acksOf(server.requests()).length
    // After 10, 30, 70, 150, 310 and 630 ms.
    expect(asked).toBeGreaterThanOrEqual(4)
    expect(asked).toBeLessThanOrEqual(7)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(acksOf(server.requests())).toHaveLength(asked)
  })

  test('a channel holds one request at a time, and is used again', async () => {
    const server = await newHec({ ackDelayMs: 30 })
    const sink = await openSplunk([server.url], { acknowledge })
    for (const key of ['a', 'b', 'c']) await sink.send(...findings(key))
    expect(new Set(server.events().map(({ channel }) => channel)).size).toBe(1)
    await Promise.all(['d', 'e', 'f'].map((key) => sink.send(...findings(key))))
    expect(new Set(server.events().map(({ channel }) => channel)).size).toBe(3)
  })

  test('many requests of one delivery are acknowledged, and none is sent twice', async () => {
    const server = await newHec({ ackDelayMs: 20 })
    const sink = await openSplunk([server.url], { acknowledge, maxBatchBytes: 1 })
    const ids = Array.from({ length: 100 }, (_, i) => `k${i}`)
    expect(await sink.pump(findings(...ids))).toEqual([])
    expect(copies(server)).toEqual(ids.map((id) => `${id}@1`))
  })

  test('what is never acknowledged waits, is sent again after the deadline, and is never rejected', async () => {
    const server = await newHec()
    server.neverAck()
    const sink = await openSplunk([server.url], { acknowledge: { deadlineMs: 60, pollMs: 5 } })
    await expect(sink.send(...findings('a'))).resolves.toEqual(['SPLUNK_ACK_LATE'])
    const pumping = sink.pump(findings('a', 'b'))
    await expect.poll(() => copies(server).filter((id) => id === 'b@1').length, { timeout: 5000 }).toBeGreaterThan(5)
    server.neverAck(false)
    expect(await pumping).toEqual([])
    expect(shown(server)).toEqual(['a@1', 'b@1'])
    expect(sink.told.filter(({ what }) => what.startsWith('warn'))).toMatchObject([
      { what: expect.stringContaining('waits for its destination'), fields: { code: 'SPLUNK_ACK_LATE' } },
    ])
  })

  test('what was lost on its way to the index comes again', async () => {
    const server = await newHec()
    server.lose(1)
    const sink = await openSplunk([server.url], { acknowledge: { deadlineMs: 60, pollMs: 5 } })
    expect(await sink.pump(findings('a', 'b'))).toEqual([])
    expect(copies(server)).toEqual(['a@1', 'b@1'])
  })

  test('a restart of Splunk, which forgets them, has findings sent again', async () => {
    const server = await newHec({ ackDelayMs: 60 })
    const sink = await openSplunk([server.url], { acknowledge: { deadlineMs: 200, pollMs: 5 } })
    const pumping = sink.pump(findings('a'))
    await expect.poll(() => copies(server).length).toBe(1)
    server.forgetAcks()
    expect(await pumping).toEqual([])
    expect(copies(server)).toEqual(['a@1', 'a@1'])
  })

  test('an answer to the question that is lost, or an error, costs a question and nothing else', async () => {
    const server = await newHec({ ackDelayMs: 30 })
    const proxy = await newProxy(server.url)
    proxy.answer(503, { path: '/ack', times: 2, body: '<html>busy</html>' })
    proxy.resetRequest({ path: '/ack', times: 2 })
    const sink = await openSplunk([proxy.url], { acknowledge })
    expect(await sink.send(...findings('a'))).toEqual(['delivered'])
    expect(copies(server)).toEqual(['a@1'])
  })

  test('a token without them is a configuration fault, told with its remedy', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url], { token: TOKEN, acknowledge })
    const [outcome] = await sink.deliver(findings('a'), forever)
    expect(outcome).toMatchObject({ error: { code: 'SPLUNK_ACK_MISSING', fault: 'configuration' } })
    // While it is not mended the check fails, so that nothing is sent again and again.
    const abort = new AbortController()
    const pumping = sink.pump(findings('b'), abort.signal).catch(() => 'stopped')
    await expect.poll(() => sink.told.length, { timeout: 3000 }).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 200))
    abort.abort()
    expect(await pumping).toBe('stopped')
    expect(copies(server)).toEqual(['a@1', 'b@1'])
    expect(sink.told.slice(0, 2).map(({ fields }) => fields)).toMatchObject([
      { code: 'SPLUNK_ACK_MISSING' },
      { code: 'SPLUNK_HEC_14' },
    ])
  })

  test('a token that has them wants a channel: without "acknowledge" that is a configuration fault', async () => {
    const server = await newHec({ tokens: [{ token: TOKEN, acks: true }] })
    const sink = await openSplunk([server.url])
    await expect(sink.send(...findings('a'))).rejects.toMatchObject({ code: 'SPLUNK_HEC_10', fault: 'configuration' })
  })

  test('closing ends the wait', async () => {
    const server = await newHec()
    server.neverAck()
    const sink = await openSplunk([server.url], { acknowledge: { deadlineMs: 60_000, pollMs: 10_000 } })
    const waiting = sink.send(...findings('a'))
    await expect.poll(() => copies(server).length).toBe(1)
    await sink.close!()
    expect(await waiting).toEqual(['ABORT_ERR'])
  })
})

describe('behind a load balancer', () => {
  test('the question goes where the answer came from, by cookie', async () => {
    const indexers = [await newHec({ ackDelayMs: 30 }), await newHec({ ackDelayMs: 30 })]
    const balancer = await newBalancer(indexers.map(({ url }) => url))
    const sink = await openSplunk([balancer.url], { acknowledge })
    for (const id of ['a', 'b', 'c']) expect(await sink.send(...findings(id))).toEqual(['delivered'])
    expect(copies(...indexers)).toEqual(['a@1', 'b@1', 'c@1'])
    // Only the first request has no cookie, so all go to the same indexer.
    expect(new Set(balancer.routed).size).toBe(1)
  })

  test('requests that went to different indexers are each asked for at their own', async () => {
    const indexers = [await newHec({ ackDelayMs: 60 }), await newHec({ ackDelayMs: 60 })]
    const balancer = await newBalancer(indexers.map(({ url }) => url))
    const sink = await openSplunk([balancer.url], { acknowledge })
    const both = [sink.send(...findings('a')), sink.send(...findings('b'))]
    expect(await Promise.all(both)).toEqual([['delivered'], ['delivered']])
    expect(indexers.map((each) => each.events().length)).toEqual([1, 1])
  })

  test('a yes of one indexer never passes for that of another, whose numbers are the same', async () => {
    const indexers = [await newHec(), await newHec()]
    const balancer = await newBalancer(indexers.map(({ url }) => url))
    const sink = await openSplunk([balancer.url], { acknowledge: { deadlineMs: 300, pollMs: 5 } })
    indexers[0]!.lose(1)
    const lost = sink.send(...findings('a'))
    await expect.poll(() => indexers[0]!.requests().length).toBeGreaterThan(0)
    // Its cookie leads to the other one from now on, also when it asks for what the first one took.
    balancer.takeOut(0)
    const kept = [await sink.send(...findings('b')), await sink.send(...findings('c'))]
    expect(kept).toEqual([['delivered'], ['delivered']])
    expect(await lost).toEqual(['SPLUNK_ACK_LATE'])
    expect(copies(...indexers)).toEqual(['b@1', 'c@1'])
  })

  test("Splunk's own channel cookie changes nothing", async () => {
    const server = await newHec({ channelCookie: 'splunk_channel' })
    const sink = await openSplunk([server.url], { acknowledge })
    for (const id of ['a', 'b', 'c']) expect(await sink.send(...findings(id))).toEqual(['delivered'])
    expect(server.requests().at(-1)!.headers['cookie']).toContain('splunk_channel=')
  })
})
