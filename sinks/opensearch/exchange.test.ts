import { createServer, type AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { openSearchClient, type ClientConfig } from './client.ts'
import { exchange, type Request } from './exchange.ts'
import { sampleServer } from './sample-server.ts'
import { scrubOf } from './scrub.ts'

const REFUSING = 'http://127.0.0.1:1'
const GET: Request = { method: 'GET', path: '/a' }

interface Asking extends Partial<ClientConfig> {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

function asking(nodes: readonly string[], { signal, timeoutMs = 5000, ...config }: Asking = {}) {
  const client = openSearchClient({ nodes: [...nodes], requestTimeoutMs: timeoutMs, ...config })
  onTestFinished(() => client.close())
  const options = { signal: signal ?? new AbortController().signal, timeoutMs, scrub: scrubOf(config.auth) }
  return (request: Request = GET) => exchange(client, request, options)
}
const failure = async (asked: Promise<unknown>): Promise<Error & { readonly retryAfterMs?: number }> =>
  (await asked.then(
    () => undefined,
    (error: unknown) => error,
  )) as Error & { readonly retryAfterMs?: number }

describe('an exchange', () => {
  test('gives back the answer, and an error status where it was asked for', async () => {
    const { url } = await sampleServer([200, { a: 1 }], [404, { error: 'missing' }])
    const ask = asking([url])
    expect(await ask()).toEqual({ status: 200, body: { a: 1 } })
    expect(await ask({ ...GET, accept: [404] })).toEqual({ status: 404, body: { error: 'missing' } })
    expect(await failure(ask())).toMatchObject({ code: 'OPENSEARCH_NOT_FOUND', fault: 'configuration' })
  })

  test('sends bytes untouched', async () => {
    const { url, received } = await sampleServer([200, {}])
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0xc3])
    await asking([url])({ method: 'POST', path: '/_bulk', querystring: { timeout: '1ms' }, body })
    expect(received[0]).toMatchObject({ method: 'POST', path: '/_bulk?timeout=1ms', body })
    expect(received[0]!.headers['content-type']).toBe('application/x-ndjson')
  })

  test('keeps the path that an address has', async () => {
    const { url, received } = await sampleServer([200, {}])
    await asking([`${url}/search/`])()
    expect(received[0]!.path).toBe('/search/a')
  })
})

describe('of several nodes', () => {
  test('the next is asked where one refuses connections or only a proxy of it answers', async () => {
    const [busy, good] = [await sampleServer([503, '<html>']), await sampleServer([200, {}])]
    for (let each = 0; each < 6; each++)
      expect(await asking([REFUSING, busy.url, good.url])()).toMatchObject({ status: 200 })
    expect(good.received).toHaveLength(6)
  })

  test('each is asked once, and one that refuses the request itself speaks for all', async () => {
    expect(await failure(asking([REFUSING, 'http://127.0.0.1:2'])())).toMatchObject({ code: 'OPENSEARCH_UNREACHABLE' })
    const [one, other] = [await sampleServer([400, {}]), await sampleServer([400, {}])]
    await failure(asking([one.url, other.url])())
    expect(one.received.length + other.received.length).toBe(1)
  })

  test('one address twice is one node', async () => {
    const { url } = await sampleServer([200, {}])
    expect(await asking([url, `${url}/`])()).toMatchObject({ status: 200 })
  })

  test('an aborted request is held against no node', async () => {
    const { url, received } = await sampleServer(() => {})
    const client = openSearchClient({ nodes: [url], requestTimeoutMs: 5000 })
    onTestFinished(() => client.close())
    const abort = new AbortController()
    const asked = failure(exchange(client, GET, { signal: abort.signal, timeoutMs: 5000, scrub: (text) => text }))
    await vi.waitFor(() => expect(received).toHaveLength(1))
    abort.abort()
    expect((await asked).name).toBe('AbortError')
    await sleep(10)
    expect(client.connectionPool.connections[0]!.status).toBe('alive')
  })
})

describe('a request', () => {
  test('is sent once more when its connection had been idle and was closed meanwhile', async () => {
    const { url, server, received } = await sampleServer([200, {}])
    const ask = asking([url])
    await ask()
    let cut = false
    server.prependListener('request', (request) => {
      if (!cut) request.socket.resetAndDestroy()
      cut = true
    })
    expect(await ask()).toMatchObject({ status: 200 })
    // The first, the one that was cut off, and that again.
    expect(received).toHaveLength(3)
  })

  test('that is aborted ends at once, and so does its connection', async () => {
    const closed = Promise.withResolvers<void>()
    const { url, received } = await sampleServer((response) => void response.on('close', closed.resolve))
    const abort = new AbortController()
    const asked = failure(asking([url], { signal: abort.signal })())
    await vi.waitFor(() => expect(received).toHaveLength(1))
    abort.abort(new Error('the partition was taken away'))
    expect((await asked).message).toBe('the partition was taken away')
    await closed.promise
  })

  test.each([
    ['never begins', () => {}],
    ['stops half-way', (response: { write(text: string): void }) => response.write('{"a": ')],
  ])('whose answer %s ends by its limit, as an outage', async (_, reply) => {
    const { url } = await sampleServer(reply)
    const start = performance.now()
    expect(await failure(asking([url], { timeoutMs: 150 })())).toMatchObject({
      code: 'OPENSEARCH_STALLED',
      fault: 'outage',
    })
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test('whose connection breaks while the answer is read blames nobody, and prints nothing', async () => {
    const printed = vi.spyOn(console, 'log')
    onTestFinished(() => printed.mockRestore())
    const { url } = await sampleServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"a": ')
      setTimeout(() => response.socket?.resetAndDestroy(), 20)
    })
    const error = await failure(asking([url])())
    expect(error).toMatchObject({ code: 'OPENSEARCH_CONNECTION_BROKEN', retryable: true, fault: undefined })
    await sleep(20)
    expect(printed).not.toHaveBeenCalled()
  })
})

describe('an error', () => {
  const refused = (status: number, body: unknown, headers: object = {}) =>
    sampleServer((response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })

  test.each<[number, unknown, string, string | undefined]>([
    [301, '', 'OPENSEARCH_REDIRECTED', 'configuration'],
    [400, { error: { type: 'json_parse_exception', reason: 'x' } }, 'OPENSEARCH_REQUEST_REFUSED', undefined],
    [400, { error: 'no handler found for uri' }, 'OPENSEARCH_NOT_SUPPORTED', 'configuration'],
    [401, 'Unauthorized', 'OPENSEARCH_UNAUTHENTICATED', 'configuration'],
    [403, { error: { type: 'security_exception', reason: 'no permissions' } }, 'OPENSEARCH_FORBIDDEN', 'configuration'],
    [403, { Message: 'User: anonymous is not authorized' }, 'OPENSEARCH_FORBIDDEN', 'configuration'],
    [404, '<html>', 'OPENSEARCH_NOT_FOUND', 'configuration'],
    [406, {}, 'OPENSEARCH_NOT_SUPPORTED', 'configuration'],
    [408, '', 'OPENSEARCH_UNAVAILABLE', 'outage'],
    [413, '', 'OPENSEARCH_REQUEST_TOO_LARGE', undefined],
    [429, { error: { type: 'circuit_breaking_exception', reason: 'Data too large' } }, 'OPENSEARCH_BUSY', 'outage'],
    [500, {}, 'OPENSEARCH_UNAVAILABLE', 'outage'],
    [502, '<html>', 'OPENSEARCH_UNAVAILABLE', 'outage'],
    [504, '', 'OPENSEARCH_UNAVAILABLE', 'outage'],
  ])('of status %i with %j is %s', async (status, body, code, fault) => {
    const { url } = await refused(status, body)
    const error = await failure(asking([url])())
    expect(error).toMatchObject({ code, fault, retryable: true, message: expect.stringContaining(String(status)) })
    expect(error.message).toContain(url)
    expect(error.message).not.toContain('<html>')
  })

  test.each([
    ['7', 7000],
    ['0', undefined],
    ['soon', undefined],
    [new Date(Date.now() + 90_000).toUTCString(), expect.closeTo(90_000, -4)],
  ])('keeps the pause that Retry-After asks for (%#)', async (value, retryAfterMs) => {
    const { url } = await refused(503, {}, { 'retry-after': value })
    expect((await failure(asking([url])())).retryAfterMs).toEqual(retryAfterMs)
  })

  test('of a node that speaks something else than its address says is a configuration fault', async () => {
    const { url } = await sampleServer([200, {}])
    const other = createServer((socket) => void socket.end('220 mail.example.com ESMTP\r\n'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    for (const node of [url.replace('http:', 'https:'), `http://127.0.0.1:${(other.address() as AddressInfo).port}`]) {
      expect(await failure(asking([node])())).toMatchObject({ code: 'OPENSEARCH_TLS', fault: 'configuration' })
    }
  })

  test('shows no secret, and nothing of the request, also where the server sends it back', async () => {
    const password = 'CANARY "ö/7f3'
    const auth = { basic: { username: 'posture', password: new Secret(password) } }
    const basic = Buffer.from(`posture:${password}`).toString('base64')
    const echo = `you said authorization: Basic ${basic}, or ${password}, ${encodeURIComponent(password)}, ${JSON.stringify(password)}\nCANARY`
    for (const status of [200, 400, 401, 403, 404, 413, 429, 500, 503]) {
      const { url, received } = await refused(status, { error: { type: 'odd', reason: echo } })
      const body = Buffer.from('DOCUMENT')
      const error = await failure(asking([url], { auth })({ method: 'POST', path: '/_bulk', body }))
      expect(received[0]!.headers.authorization).toBe(`Basic ${basic}`)
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error ?? {})
      expect(shown).not.toMatch(/CANARY|DOCUMENT/)
      expect(shown).not.toContain(basic)
      expect(error?.cause).toBeUndefined()
    }
  })

  test('of a broken connection holds nothing of the request either', async () => {
    const auth = { apiKey: new Secret('CANARY-7f3') }
    const { url } = await sampleServer((response) => response.socket?.resetAndDestroy())
    for (const node of [url, REFUSING, 'http://no-such-host.invalid']) {
      const error = await failure(
        asking([node], { auth })({ method: 'POST', path: '/_bulk', body: Buffer.from('DOCUMENT') }),
      )
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/CANARY|DOCUMENT/)
    }
  })
})
