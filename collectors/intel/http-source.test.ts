import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { PermanentError, TransientError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { makeProxyCertificates } from '../../test/servers/faulty-proxy-certificates.ts'
import { HttpListener } from '../../test/servers/http-listener.ts'
import type { FeedConfig } from './config.ts'
import type { Fetched } from './feed-source.ts'
import { transportError } from './http-error.ts'
import { HttpSource } from './http-source.ts'
import { sampleFolder, sampleServer } from './sample-feeds.ts'

const LIST = gzipSync('a list')
const limits = { timeout: '5s', maxBytes: 1_000_000 }

let opened: HttpSource[] = []
afterEach(async () => {
  for (const source of opened) await source.close()
  opened = []
})

function sourceAt(url: string, access: Partial<FeedConfig> = {}, config: Partial<typeof limits> = {}): HttpSource {
  const source = new HttpSource({ url, setting: 'epss', ...access }, { ...limits, ...config })
  opened.push(source)
  return source
}

async function read(source: HttpSource, etag?: string): Promise<Fetched | undefined> {
  return await source.read(etag, AbortSignal.timeout(10_000))
}

const failure = async (source: HttpSource, etag?: string): Promise<unknown> => {
  const outcome = await read(source, etag).catch((error: unknown) => error)
  return outcome
}

test('a list comes with the name of its state, and with that name only when it has another', async () => {
  const { url, requests } = await sampleServer((request, response) => {
    if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end()
    else response.writeHead(200, { etag: '"one"' }).end(LIST)
  })
  const source = sourceAt(`${url}/epss.csv.gz`)
  expect(await read(source)).toEqual({ bytes: LIST, etag: '"one"', encoded: false })
  expect(await read(source, '"one"')).toBeUndefined()
  expect(await read(source, '"two"')).toEqual({ bytes: LIST, etag: '"one"', encoded: false })
  expect(requests.map((each) => [each.url, each.headers['if-none-match']])).toEqual([
    ['/epss.csv.gz', undefined],
    ['/epss.csv.gz', '"one"'],
    ['/epss.csv.gz', '"two"'],
  ])
})

test.each(['no quotes', `"${'x'.repeat(600)}"`])(
  'a name of a state that could not be sent back is not kept',
  async (etag) => {
    const { url } = await sampleServer((_request, response) => void response.writeHead(200, { etag }).end(LIST))
    expect(await read(sourceAt(`${url}/`))).toEqual({ bytes: LIST, etag: undefined, encoded: false })
  },
)

test('what a server packs for the way comes packed, and is known as such', async () => {
  const { url, requests } = await sampleServer(
    (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(LIST),
  )
  expect(await read(sourceAt(url))).toEqual({ bytes: LIST, etag: undefined, encoded: true })
  expect(requests[0]?.headers['accept-encoding']).toBe('gzip')
})

describe('an answer that is no list', () => {
  test.each([
    [401, PermanentError, 'INTEL_FORBIDDEN', 'check headers'],
    [403, PermanentError, 'INTEL_FORBIDDEN', 'refuse the networks of clouds'],
    [404, PermanentError, 'INTEL_NOT_FOUND', 'it may have moved'],
    [204, PermanentError, 'INTEL_ANSWER', 'which is no list'],
    [302, PermanentError, 'INTEL_ANSWER', 'no address to go to'],
    [304, PermanentError, 'INTEL_ANSWER', 'no address to go to'],
    [400, PermanentError, 'INTEL_ANSWER', 'which is no list'],
    [429, TransientError, 'INTEL_UNAVAILABLE', 'status 429'],
    [503, TransientError, 'INTEL_UNAVAILABLE', 'status 503'],
  ])('has status %i', async (status, kind, code, words) => {
    const { url } = await sampleServer((_request, response) => void response.writeHead(status).end())
    const error = await failure(sourceAt(`${url}/kev.json`))
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ code })
    expect((error as Error).message).toContain(`${url}/kev.json answered with status ${status}`)
    expect((error as Error).message).toContain(words)
  })

  test('says how long to wait', async () => {
    const { url } = await sampleServer(
      (_request, response) => void response.writeHead(503, { 'retry-after': '120' }).end(),
    )
    expect(await failure(sourceAt(url))).toMatchObject({ retryAfterMs: 120_000, fault: 'outage' })
  })
})

describe('a server that', () => {
  test('never answers is given up after the timeout', async () => {
    const { url } = await sampleServer(() => {})
    const error = await failure(sourceAt(url, {}, { timeout: '1s' }))
    expect(error).toMatchObject({ name: 'TransientError', code: 'INTEL_TIMEOUT', fault: 'outage' })
    expect((error as Error).message).toContain('within the timeout of 1s')
  })

  test('drips is given up after the timeout as well', async () => {
    const { url } = await sampleServer((_request, response) => {
      const drip = setInterval(() => response.write('x'), 50)
      response.once('close', () => clearInterval(drip))
    })
    expect(await failure(sourceAt(url, {}, { timeout: '1s' }))).toMatchObject({ code: 'INTEL_TIMEOUT' })
  })

  test('breaks off in the middle is told from a list that is short', async () => {
    const { url } = await sampleServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('half')
      setTimeout(() => response.destroy(), 20)
    })
    expect(await failure(sourceAt(url))).toMatchObject({ name: 'TransientError', code: 'INTEL_UNREACHABLE' })
  })

  test('sends more than is allowed is not read to its end', async () => {
    let sent = 0
    const { url } = await sampleServer((_request, response) => {
      const flood = setInterval(() => {
        sent += 100_000
        response.write(Buffer.alloc(100_000))
      }, 1)
      response.once('close', () => clearInterval(flood))
    })
    expect(await failure(sourceAt(url))).toMatchObject({ name: 'PermanentError', code: 'INTEL_TOO_LARGE' })
    expect(sent).toBeLessThan(20_000_000)
  })

  test('is not there is out of reach', async () => {
    const gone = new HttpListener(async () => {})
    await gone.start()
    await gone.stop()
    expect(await failure(sourceAt(gone.url))).toMatchObject({ code: 'INTEL_UNREACHABLE', fault: 'outage' })
  })

  test('is being read when we are stopped lets go at once', async () => {
    const { url } = await sampleServer((_request, response) => void response.writeHead(200).write('half'))
    const stop = new AbortController()
    const reading = sourceAt(url).read(undefined, stop.signal)
    setTimeout(() => stop.abort(new Error('stopped')), 50)
    await expect(reading).rejects.toThrow('stopped')
  })
})

describe('a redirect', () => {
  test('is followed, as FIRST moves its file now and then', async () => {
    const { url } = await sampleServer((request, response) => {
      if (request.url === '/current') response.writeHead(302, { location: '/2026-11-25' }).end('moved')
      else response.writeHead(200).end(LIST)
    })
    expect((await read(sourceAt(`${url}/current`)))?.bytes).toEqual(LIST)
  })

  test('that has no end is given up', async () => {
    const { url, requests } = await sampleServer(
      (_request, response) => void response.writeHead(301, { location: '/' }).end(),
    )
    expect(await failure(sourceAt(url))).toMatchObject({ name: 'PermanentError', code: 'INTEL_ANSWER' })
    expect(requests).toHaveLength(6)
  })

  test.each(['http://[', 'file:///etc/passwd', 'http://169.254.169.254/latest/', 'http://localhost:1/'])(
    'to %s is not followed',
    async (location) => {
      const { url } = await sampleServer((_request, response) => void response.writeHead(302, { location }).end())
      const error = await failure(sourceAt(url))
      expect(error).toMatchObject({ name: 'PermanentError', code: 'INTEL_ANSWER' })
      expect((error as Error).message).toMatch(/is not https|is no address/)
    },
  )
})

describe('by HTTPS', () => {
  /** Two servers with certificates of one authority: the second has the list, the first sends everybody there. */
  async function servers() {
    const folder = join(sampleFolder(), 'keys')
    mkdirSync(folder)
    const { ca, good } = await makeProxyCertificates(folder)
    const asked: IncomingMessage[] = []
    const start = async (answer: (response: ServerResponse) => void): Promise<string> => {
      const server = createServer(good, (request, response) => {
        asked.push(request)
        answer(response)
      })
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
      return `https://localhost:${(server.address() as AddressInfo).port}`
    }
    const second = await start((response) => void response.writeHead(200).end(LIST))
    const first = await start((response) => void response.writeHead(302, { location: `${second}/list` }).end())
    return { ca, first, second, asked }
  }

  test('a list is read with an own authority, and what was said to one server is not told to another', async () => {
    const { ca, first, second, asked } = await servers()
    const headers = { 'x-token': new Secret('abc') }
    expect((await read(sourceAt(`${first}/list`, { ca, headers })))?.bytes).toEqual(LIST)
    expect(asked.map((each) => each.headers['x-token'])).toEqual(['abc', undefined])
    const error = await failure(sourceAt(`${second}/list`, { headers }))
    expect(error).toMatchObject({ code: 'INTEL_UNREACHABLE', fault: 'configuration' })
    expect((error as Error).message).toContain('check the address, and ca where an own authority signs')
  })

  test('a list is read through a proxy', async () => {
    const { ca, second } = await servers()
    const asked: string[] = []
    const proxy = await sampleProxy(asked, new URL(second).port)
    const source = sourceAt(`${second}/list`, { ca, proxy })
    expect((await read(source))?.bytes).toEqual(LIST)
    expect(asked).toEqual([new URL(second).host])
  })

  /** Takes CONNECT, and connects to this port of this machine. */
  async function sampleProxy(asked: string[], port: string): Promise<string> {
    const { createServer: createPlain } = await import('node:http')
    const server = createPlain().on('connect', (request, socket) => {
      asked.push(String(request.url))
      const to = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        to.pipe(socket).pipe(to)
      })
      to.on('error', () => socket.destroy())
      socket.on('error', () => to.destroy())
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
})

test('the check asks whether it may have the list, and does not take it', async () => {
  let closed = false
  const { url } = await sampleServer((_request, response) => {
    response.once('close', () => (closed = !response.writableEnded))
    response.writeHead(200).write('x')
  })
  await sourceAt(url).check(AbortSignal.timeout(5000))
  await expect.poll(() => closed).toBe(true)
  const refusing = await sampleServer((_request, response) => void response.writeHead(403).end())
  await expect(sourceAt(refusing.url).check(AbortSignal.timeout(5000))).rejects.toMatchObject({
    code: 'INTEL_FORBIDDEN',
  })
})

test('an address that is none is a mistake of the configuration', () => {
  expect(() => sourceAt('https://:80/')).toThrow('epss.url: https://:80/ is no address')
})

test.each([
  ['ENOTFOUND', 'configuration'],
  ['CERT_HAS_EXPIRED', 'configuration'],
  ['EPROTO', 'configuration'],
  ['EAI_AGAIN', 'outage'],
  ['ECONNRESET', 'outage'],
  ['EHOSTUNREACH', 'outage'],
])('%s is a matter of %s, however deep it is wrapped', (code, fault) => {
  const wrapped = new TypeError('fetch failed', { cause: Object.assign(new Error(`it said ${code}`), { code }) })
  expect(transportError(wrapped, 'https://a/', '5s')).toMatchObject({ code: 'INTEL_UNREACHABLE', fault })
})
