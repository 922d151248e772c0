import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeProxyCertificates, type ProxyCertificates } from './faulty-proxy-certificates.ts'
import { FaultyProxy, type FaultyProxyOptions } from './faulty-proxy.ts'

/** A server that says what it got, and counts. */
async function target(extra: RequestListener = () => {}) {
  const got: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push(`${request.method} ${request.url} ${body}`)
      extra(request, response)
      if (!response.writableEnded) response.setHeader('x-target', 'yes').end(`got ${body}`)
    })
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got }
}

async function proxied(options?: FaultyProxyOptions, extra?: RequestListener) {
  const { url, got } = await target(extra)
  const proxy = await FaultyProxy.start(url, options)
  onTestFinished(() => proxy.stop())
  const post = (path = '/', body = 'x', signal = AbortSignal.timeout(5_000)) =>
    fetch(proxy.url + path, { method: 'POST', body, signal })
  const status = async (path?: string) => (await post(path)).status
  return { proxy, got, post, status }
}

const codeOf = (error: unknown): unknown => ((error as Error).cause as { code?: unknown } | undefined)?.code

test('without a fault requests and answers go through whole', async () => {
  const { proxy, got, post } = await proxied()
  const response = await post('/a/b?c=d', 'body')
  expect([response.status, response.headers.get('x-target'), await response.text()]).toEqual([200, 'yes', 'got body'])
  expect(got).toEqual(['POST /a/b?c=d body'])
  expect(proxy.requests()).toMatchObject([{ method: 'POST', path: '/a/b?c=d', bytes: 4, fate: 'passed' }])
})

test('HEAD and 204 have no body, and keep what they say of it', async () => {
  const { proxy } = await proxied({}, ({ method }, response) => {
    if (method === 'HEAD') response.writeHead(200, { 'content-length': 42 }).end()
    else response.writeHead(204).end()
  })
  const head = await fetch(proxy.url, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '42'])
  expect((await fetch(proxy.url)).status).toBe(204)
})

test('an answer is given as often as was asked for, in place of the target', async () => {
  const { proxy, got, post, status } = await proxied()
  proxy.answer(429, { times: 2, headers: { 'retry-after': '3' }, body: '{"error":"slow down"}' })
  const first = await post()
  expect([first.status, first.headers.get('retry-after'), await first.text()]).toEqual([
    429,
    '3',
    '{"error":"slow down"}',
  ])
  expect([await status(), await status()]).toEqual([429, 200])
  expect(got).toHaveLength(1)
})

test('counted faults come in their order, then the latest lasting one, until all are taken back', async () => {
  const { proxy, status } = await proxied()
  proxy.answer(500)
  proxy.answer(503)
  proxy.answer(401, { times: 1 })
  proxy.answer(403, { times: 1 })
  expect([await status(), await status(), await status(), await status()]).toEqual([401, 403, 503, 503])
  proxy.pass()
  expect(await status()).toBe(200)
})

test('a fault can be for some paths and methods only', async () => {
  const { proxy, status } = await proxied()
  proxy.answer(500, { path: '/_bulk' })
  proxy.answer(404, { path: /^\/ack\?/, method: 'POST' })
  proxy.answer(405, { method: 'DELETE' })
  expect([await status('/x/_bulk?y'), await status('/ack?channel=1'), await status('/ack')]).toEqual([500, 404, 200])
})

test('an answer can depend on the request, and on the answer of the target', async () => {
  const { proxy, post } = await proxied()
  proxy.answer(200, { times: 1, body: ({ body }) => `${body.length} bytes` })
  expect(await (await post('/', 'four')).text()).toBe('4 bytes')
  proxy.alter(({ body, ...answer }) => ({ ...answer, status: 202, body: Buffer.from(`${body.toString()}, altered`) }))
  const altered = await post()
  expect([altered.status, await altered.text()]).toEqual([202, 'got x, altered'])
})

test('an echo holds the whole request, its credentials too', async () => {
  const { proxy, got } = await proxied()
  proxy.echo(400)
  const response = await fetch(`${proxy.url}/p`, {
    method: 'POST',
    body: 'canary',
    headers: { authorization: 'Splunk secret' },
  })
  const body = await response.text()
  expect(response.status).toBe(400)
  expect(body).toMatch(/^POST \/p HTTP\/1\.1\n/)
  expect(body).toMatch(/authorization: Splunk secret\n(.*\n)*\ncanary$/)
  expect(got).toEqual([])
})

test('a stalled request is never answered; the target has it only where that is asked for', async () => {
  const { proxy, got, post } = await proxied()
  proxy.stall({ times: 1 })
  await expect(post('/', 'held', AbortSignal.timeout(200))).rejects.toThrow(/timeout/)
  expect(got).toEqual([])
  proxy.stall({ times: 1, passed: true })
  await expect(post('/', 'done', AbortSignal.timeout(200))).rejects.toThrow(/timeout/)
  expect(got).toEqual(['POST / done'])
  expect(proxy.requests().map(({ fate }) => fate)).toEqual(['stalled', 'stalled'])
})

test('an answer can come late', async () => {
  const { proxy, status } = await proxied()
  proxy.delay(150, { times: 1 })
  const began = performance.now()
  expect(await status()).toBe(200)
  expect(performance.now() - began).toBeGreaterThan(140)
})

describe('a reset', () => {
  test('amid the request leaves the target without it', async () => {
    const { proxy, got, post } = await proxied()
    proxy.resetRequest({ times: 1 })
    const error: unknown = await post('/', 'a'.repeat(5_000_000)).catch((thrown: unknown) => thrown)
    expect(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']).toContain(codeOf(error))
    expect(got).toEqual([])
    expect(proxy.requests()[0]!.bytes).toBeLessThan(5_000_000)
  })

  test('before the answer comes when the target has done its work', async () => {
    const { proxy, got, post, status } = await proxied()
    proxy.resetAnswer({ times: 1 })
    const error: unknown = await post().catch((thrown: unknown) => thrown)
    expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(codeOf(error))
    expect(got).toEqual(['POST / x'])
    expect(await status()).toBe(200)
  })

  test('amid the answer comes after its head', async () => {
    const { proxy, post } = await proxied()
    proxy.resetMidAnswer({ times: 1 })
    const response = await post('/', 'a'.repeat(1_000))
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })
})

test('where the target is gone the client sees its connection break', async () => {
  const proxy = await FaultyProxy.start('http://127.0.0.1:1')
  onTestFinished(() => proxy.stop())
  await expect(fetch(proxy.url)).rejects.toThrow()
})

test('a stopped proxy refuses connections until it starts again at the same address', async () => {
  const { proxy, post, status } = await proxied()
  const { url } = proxy
  await proxy.stop()
  expect(codeOf(await post().catch((thrown: unknown) => thrown))).toBe('ECONNREFUSED')
  await proxy.startAgain()
  expect([proxy.url, await status()]).toEqual([url, 200])
})

describe('with TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-proxy-'))
  let certificates: ProxyCertificates
  beforeAll(async () => {
    certificates = await makeProxyCertificates(directory)
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  /** The status, or the code of the error. */
  const get = ({ url }: FaultyProxy, trust = true): Promise<unknown> =>
    new Promise((resolve) => {
      const ca = trust ? { ca: readFileSync(certificates.ca) } : {}
      const request = httpsRequest(url, { agent: false, ...ca }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)).end()
    })

  test('a good certificate is taken by whoever trusts its authority', async () => {
    const { proxy } = await proxied({ tls: certificates.good })
    expect(proxy.url).toMatch(/^https:/)
    expect(await get(proxy)).toBe(200)
    expect(await get(proxy, false)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  test('an expired one, and one of a foreign authority, are refused', async () => {
    const { proxy: expired } = await proxied({ tls: certificates.expired })
    expect(await get(expired)).toBe('CERT_HAS_EXPIRED')
    const { proxy: foreign } = await proxied({ tls: certificates.foreign })
    expect(await get(foreign)).toMatch(/^UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE$/)
    expect([...expired.requests(), ...foreign.requests()]).toEqual([])
  })

  test('a client can be asked for a certificate', async () => {
    const tls = { ...certificates.good, ca: readFileSync(certificates.ca), requestCert: true, rejectUnauthorized: true }
    const { proxy } = await proxied({ tls })
    expect(await get(proxy)).toMatch(/ECONNRESET|ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED/)
  })

  test('resets reach the client through TLS', async () => {
    const { proxy, got } = await proxied({ tls: certificates.good })
    proxy.resetAnswer({ times: 1 })
    expect(await get(proxy)).toBe('ECONNRESET')
    expect(got).toHaveLength(1)
  })

  test('the target may be behind TLS too', async () => {
    const { proxy: inner } = await proxied({ tls: certificates.good })
    const outer = await FaultyProxy.start(inner.url, { targetCa: readFileSync(certificates.ca, 'utf8') })
    onTestFinished(() => outer.stop())
    expect((await fetch(outer.url)).status).toBe(200)
  })
})
