import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HecBalancer } from './balancer.ts'
import { HecServer } from './hec-server.ts'
import type { HecOptions, HecToken } from './options.ts'

const tokens: readonly HecToken[] = [
  { token: 'good' },
  { token: 'acked', acks: true },
  { token: 'off', disabled: true },
  { token: 'narrow', indexes: ['security'] },
]
const CHANNEL = '6f9619ff-8b86-4011-b42d-00cf4fc964ff'
const EVENTS = '/services/collector/event'
const ACK = '/services/collector/ack'

async function started(options: Partial<HecOptions> = {}): Promise<HecServer> {
  const server = await HecServer.start({ tokens, ...options })
  onTestFinished(() => server.stop())
  return server
}

interface Sent {
  readonly path?: string
  readonly method?: string
  readonly token?: string | undefined
  readonly channel?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

async function send({ url }: { readonly url: string }, request: Sent) {
  const { path = EVENTS, method = 'POST', token, channel, headers, body = '{"event":"e"}' } = request
  const response = await fetch(url + path, {
    method,
    ...(method === 'POST' ? { body } : {}),
    headers: {
      ...('token' in request && token === undefined ? {} : { authorization: `Splunk ${token ?? 'good'}` }),
      ...(channel === undefined ? {} : { 'x-splunk-request-channel': channel }),
      ...headers,
    },
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, answer: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const events = (server: HecServer): unknown[] => server.events().map(({ envelope }) => envelope.event)

describe('the code table', () => {
  const table: readonly (Sent & { readonly why: string; readonly status: number; readonly answer: object })[] = [
    { why: 'good', status: 200, answer: { text: 'Success', code: 0 } },
    { why: 'a disabled token', token: 'off', status: 403, answer: { text: 'Token disabled', code: 1 } },
    { why: 'no token', token: undefined, status: 401, answer: { text: 'Token is required', code: 2 } },
    {
      why: 'another scheme',
      headers: { authorization: 'Bearer good' },
      status: 401,
      answer: { text: 'Invalid authorization', code: 3 },
    },
    { why: 'an unknown token', token: 'guess', status: 403, answer: { text: 'Invalid token', code: 4 } },
    { why: 'an empty body', body: '', status: 400, answer: { text: 'No data', code: 5 } },
    { why: 'white space only', body: ' \n', status: 400, answer: { text: 'No data', code: 5 } },
    { why: 'no JSON', body: 'hello', status: 400, answer: { text: 'Invalid data format', code: 6, number: 0 } },
    { why: 'half an object', body: '{"event":"e"', status: 400, answer: { code: 6, number: 0 } },
    { why: 'an array', body: '[{"event":"e"}]', status: 400, answer: { code: 6, number: 0 } },
    { why: 'a comma', body: '{"event":"e"},{"event":"f"}', status: 400, answer: { code: 6, number: 1 } },
    { why: 'a host that is no text', body: '{"event":"e","host":1}', status: 400, answer: { code: 6, number: 0 } },
    {
      why: 'an index that the token may not write',
      token: 'narrow',
      body: '{"event":"e","index":"security"}{"event":"f","index":"main"}',
      status: 400,
      answer: { text: 'Incorrect index', code: 7, number: 2 },
    },
    { why: 'no channel', token: 'acked', status: 400, answer: { text: 'Data channel is missing', code: 10 } },
    {
      why: 'a channel that is no GUID',
      channel: 'c1',
      status: 400,
      answer: { text: 'Invalid data channel', code: 11 },
    },
    { why: 'no event', body: '{"fields":{"a":1}}', status: 400, answer: { code: 12, number: 0 } },
    { why: 'a blank event', body: '{"event":"  "}', status: 400, answer: { code: 13, number: 0 } },
    { why: 'an empty event', body: '{"event":{}}', status: 400, answer: { code: 13, number: 0 } },
    { why: 'null as the event', body: '{"event":null}', status: 400, answer: { code: 13, number: 0 } },
    { why: 'asking without acks', path: ACK, body: '{"acks":[0]}', status: 400, answer: { code: 14 } },
    { why: 'nested fields', body: '{"event":1,"fields":{"a":{"b":1}}}', status: 400, answer: { code: 15, number: 0 } },
    { why: 'a list of objects', body: '{"event":1,"fields":{"a":[{}]}}', status: 400, answer: { code: 15, number: 0 } },
    { why: 'a word as time', body: '{"event":1,"time":"now"}', status: 400, answer: { code: 15, number: 0 } },
    { why: 'an exponent in time', body: '{"event":1,"time":1.79E9}', status: 400, answer: { code: 15, number: 0 } },
    {
      why: 'the token in the query',
      token: undefined,
      path: `${EVENTS}?token=good`,
      status: 400,
      answer: { code: 16 },
    },
    {
      why: 'acks that are no list',
      path: ACK,
      token: 'acked',
      channel: CHANNEL,
      body: '{}',
      status: 400,
      answer: { code: 6 },
    },
    { why: 'GET', method: 'GET', status: 405, answer: { code: 404 } },
    { why: 'an unknown path', path: '/services/collector/1.0', status: 404, answer: { code: 404 } },
    { why: 'another encoding', headers: { 'content-encoding': 'deflate' }, status: 415, answer: { code: 415 } },
  ]

  test.for(table)('$why is answered $status $answer.code', async ({ status, answer, why: _, ...request }) => {
    const server = await started()
    const got = await send(server, request)
    const { number, ...rest } = answer as { number?: number }
    expect({ status: got.status, answer: got.answer }).toMatchObject({ status, answer: rest })
    expect((got.answer as Record<string, unknown>)['invalid-event-number']).toBe(number)
  })
})

describe('a batch', () => {
  test('is objects one after another, with white space between them or none', async () => {
    const server = await started()
    await send(server, { body: '{"event":{"a":"}{\\""}}{"event":"\\\\"}{"event":2} \r\n\t{"event":"é"}\n' })
    expect(events(server)).toEqual([{ a: '}{"' }, '\\', 2, 'é'])
  })

  test('has its good events indexed up to the first bad one, and none from there', async () => {
    const server = await started()
    const { answer } = await send(server, { body: '{"event":0}{"event":1}{"event":""}{"event":3}' })
    expect(answer).toEqual({ text: 'Event field cannot be blank', code: 13, 'invalid-event-number': 2 })
    expect(events(server)).toEqual([0, 1])
  })

  test('with its time as plain decimal is taken, also where an exponent stands deeper or in text', async () => {
    const server = await started()
    const bodies = ['{"event":{"time":1e3},"time":1790000000.123}', '{"event":"\\"time\\": 1e9","time":"1790000000"}']
    const { status } = await send(server, { body: bodies.join('') })
    expect(status).toBe(200)
    expect(server.events().map(({ envelope }) => envelope.time)).toEqual([1790000000.123, '1790000000'])
  })

  test('takes fields that are flat, several values of one included', async () => {
    const server = await started()
    const fields = { state: 'open', revision: 3, closed: false, tags: ['a', 'b'] }
    expect((await send(server, { body: JSON.stringify({ event: 'e', fields }) })).status).toBe(200)
    expect(server.events()[0]?.envelope.fields).toEqual(fields)
  })

  test('comes by Basic too, with the token as the password, and by the path without /event', async () => {
    const server = await started()
    const authorization = `Basic ${Buffer.from('x:good').toString('base64')}`
    expect((await send(server, { path: '/services/collector', headers: { authorization } })).status).toBe(200)
    expect(server.events()[0]?.token).toBe('good')
  })
})

describe('the size limit', () => {
  const batch = JSON.stringify({ event: 'a'.repeat(5_000) })

  test('holds for the body as sent', async () => {
    const server = await started({ maxContentLength: 5_000 })
    const { status, text } = await send(server, { body: batch })
    expect({ status, text }).toEqual({
      status: 413,
      text: `Content-Length of ${batch.length} too large (maximum is 5000)`,
    })
    expect(server.requests()[0]).toMatchObject({ bytes: batch.length, status: 413, code: undefined })
  })

  test('holds for the body when unpacked, however small it came', async () => {
    const server = await started({ maxContentLength: 5_000 })
    const headers = { 'content-encoding': 'gzip' }
    expect((await send(server, { body: gzipSync(batch), headers })).status).toBe(413)
    expect((await send(server, { body: gzipSync('{"event":"e"}'), headers })).status).toBe(200)
    expect(events(server)).toEqual(['e'])
    expect(server.requests()[1]).toMatchObject({ unpackedBytes: 13, code: 0 })
  })

  test('is told by the cloud as a bad first event', async () => {
    const server = await started({ maxContentLength: 5_000, cloud: true })
    const { status, answer } = await send(server, { body: batch })
    expect({ status, answer }).toMatchObject({ status: 400, answer: { code: 6, 'invalid-event-number': 0 } })
    expect((await send(server, { token: 'acked' })).answer).toMatchObject({ code: 28 })
  })

  test('leaves a gzip that is cut off as a bad format', async () => {
    const server = await started()
    const body = gzipSync(batch).subarray(0, 40)
    expect((await send(server, { body, headers: { 'content-encoding': 'gzip' } })).answer).toMatchObject({ code: 6 })
  })
})

describe('acknowledgements', () => {
  const acked = { token: 'acked', channel: CHANNEL }
  const ask = async (server: { readonly url: string }, acks: number[], headers: Record<string, string> = {}) => {
    const { answer } = await send(server, { ...acked, path: ACK, body: JSON.stringify({ acks }), headers })
    return (answer as { acks: Record<string, boolean> }).acks
  }

  test('are numbered from 0 in each channel, and a true is told once', async () => {
    const server = await started()
    expect((await send(server, acked)).answer).toEqual({ text: 'Success', code: 0, ackId: 0 })
    expect((await send(server, acked)).answer).toMatchObject({ ackId: 1 })
    const other = CHANNEL.replace('6', '7')
    expect((await send(server, { ...acked, channel: other })).answer).toMatchObject({ ackId: 0 })
    expect(await ask(server, [0, 1, 2])).toEqual({ 0: true, 1: true, 2: false })
    expect(await ask(server, [0, 1])).toEqual({ 0: false, 1: false })
  })

  test('may have their channel in the query', async () => {
    const server = await started()
    const query = `?channel=${CHANNEL}`
    expect((await send(server, { token: 'acked', path: EVENTS + query })).answer).toMatchObject({ ackId: 0 })
    const { answer } = await send(server, { token: 'acked', path: ACK + query, body: '{"acks":[0]}' })
    expect(answer).toEqual({ acks: { 0: true } })
  })

  test('come late where that is wanted', async () => {
    const server = await started({ ackDelayMs: 100 })
    await send(server, acked)
    expect(await ask(server, [0])).toEqual({ 0: false })
    await expect.poll(() => ask(server, [0])).toEqual({ 0: true })
  })

  test('are given for the good events before a bad one', async () => {
    const server = await started()
    const { answer } = await send(server, { ...acked, body: '{"event":1}{}' })
    expect(answer).toMatchObject({ code: 12, 'invalid-event-number': 1, ackId: 0 })
    expect(await ask(server, [0])).toEqual({ 0: true })
  })

  test('are lost with a restart, after which the numbers begin again', async () => {
    const server = await started()
    await send(server, acked)
    await send(server, acked)
    server.forgetAcks()
    expect(await ask(server, [0, 1])).toEqual({ 0: false, 1: false })
    expect((await send(server, acked)).answer).toMatchObject({ ackId: 0 })
  })

  test('go with a channel that was idle too long', async () => {
    const server = await started({ maxIdleMs: 50 })
    await send(server, acked)
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(await ask(server, [0])).toEqual({ 0: false })
    expect((await send(server, acked)).answer).toMatchObject({ ackId: 0 })
  })

  test('that nobody asks for make the server busy in the end', async () => {
    const server = await started({ maxPendingAcks: 1 })
    await send(server, acked)
    expect(await send(server, acked)).toMatchObject({ status: 503, answer: { code: 9 } })
    await ask(server, [0])
    expect((await send(server, acked)).answer).toMatchObject({ code: 0, ackId: 1 })
  })

  test('never come while that is asked for, though the events are there', async () => {
    const server = await started()
    server.neverAck()
    await send(server, acked)
    server.neverAck(false)
    await send(server, acked)
    expect(await ask(server, [0, 1])).toEqual({ 0: false, 1: true })
    expect(server.indexed).toBe(2)
  })

  test('never come for what was lost after its 200', async () => {
    const server = await started()
    server.lose(1)
    expect(await send(server, acked)).toMatchObject({ status: 200, answer: { code: 0, ackId: 0 } })
    await send(server, acked)
    expect(await ask(server, [0, 1])).toEqual({ 0: false, 1: true })
    expect(server.indexed).toBe(1)
  })

  test('are false at another node; the cookie of the balancer leads to the right one', async () => {
    const nodes = [await started(), await started()]
    const balancer = await HecBalancer.start(nodes.map(({ url }) => url))
    onTestFinished(() => balancer.stop())
    const { headers } = await send(balancer, acked)
    expect(await ask(balancer, [0])).toEqual({ 0: false })
    expect(await ask(balancer, [0], { cookie: headers.get('set-cookie')!.split(';')[0]! })).toEqual({ 0: true })
  })
})

test('a balancer that is not sticky takes the nodes in turn, and says 502 for one that is gone', async () => {
  const nodes = [await started(), await started()]
  const balancer = await HecBalancer.start(
    nodes.map(({ url }) => url),
    { sticky: false },
  )
  onTestFinished(() => balancer.stop())
  await nodes[1]!.stop()
  const statuses: number[] = []
  for (let turn = 0; turn < 4; turn += 1) statuses.push((await send(balancer, {})).status)
  expect(statuses).toEqual([200, 502, 200, 502])
  expect(nodes.map(({ indexed }) => indexed)).toEqual([2, 0])
})

describe('health', () => {
  const health = (server: HecServer, token?: string) =>
    send(server, { path: '/services/collector/health', method: 'GET', token })

  test('is told without a token, and of a token whether it is good', async () => {
    const server = await started()
    expect(await health(server)).toMatchObject({ status: 200, answer: { text: 'HEC is healthy', code: 17 } })
    expect(await health(server, 'good')).toMatchObject({ status: 200, answer: { code: 17 } })
    expect(await health(server, 'guess')).toMatchObject({ status: 400, answer: { text: 'Invalid token', code: 21 } })
    expect(await health(server, 'off')).toMatchObject({ status: 400, answer: { text: 'Token disabled', code: 22 } })
  })

  test.for([18, 19, 20] as const)('can be bad with code %i', async (code) => {
    const server = await started()
    server.unhealthy(code)
    expect(await health(server)).toMatchObject({ status: 503, answer: { code } })
    server.behave()
    expect((await health(server)).status).toBe(200)
  })
})

describe('provoked', () => {
  test.for([
    { code: 8, status: 500, indexed: 0 },
    { code: 9, status: 503, indexed: 0 },
    { code: 23, status: 503, indexed: 0 },
    { code: 24, status: 200, indexed: 1 },
    { code: 25, status: 200, indexed: 1 },
    { code: 26, status: 429, indexed: 0 },
    { code: 27, status: 429, indexed: 0 },
  ] as const)('code $code comes with $status, as often as was asked for', async ({ code, status, indexed }) => {
    const server = await started()
    server.next(1, code, { retryAfter: '7' })
    const got = await send(server, {})
    expect(got).toMatchObject({ status, answer: { code } })
    expect(got.headers.get('retry-after')).toBe('7')
    expect(server.indexed).toBe(indexed)
    expect((await send(server, {})).answer).toEqual({ text: 'Success', code: 0 })
  })

  test('an error can come although the events are in', async () => {
    const server = await started()
    server.next(1, 8, { indexed: true })
    expect(await send(server, {})).toMatchObject({ status: 500, answer: { code: 8 } })
    expect(server.indexed).toBe(1)
  })

  test('a stop refuses connections until the same server starts again', async () => {
    const server = await started()
    await send(server, {})
    await server.stop()
    await expect(send(server, {})).rejects.toThrow()
    await server.startAgain()
    expect((await send(server, {})).status).toBe(200)
    expect(server.indexed).toBe(2)
  })
})

test('what is indexed is handed on before it is answered; where it cannot be, the server is busy', async () => {
  const behind = await started({ tokens: [] })
  const open = await started({ forwardTo: `${behind.url}${EVENTS}` })
  expect(await send(open, {})).toMatchObject({ status: 503, answer: { code: 9 } })
  expect(open.indexed).toBe(0)
  expect(behind.requests()).toMatchObject([{ code: 2, headers: { 'content-type': 'application/json' } }])
})

test('the channel comes back as a cookie where Splunk is set so', async () => {
  const server = await started({ channelCookie: 'affinity' })
  const { headers } = await send(server, { token: 'acked', channel: CHANNEL })
  expect(headers.get('set-cookie')).toBe(`affinity=${CHANNEL}`)
})

test('events can be taken as they come in place of being kept', async () => {
  const taken: unknown[] = []
  const server = await started({ take: ({ envelope }) => taken.push(envelope.event) })
  await send(server, { body: '{"event":1}{"event":2}' })
  expect({ taken, kept: server.events(), indexed: server.indexed }).toEqual({ taken: [1, 2], kept: [], indexed: 2 })
})
