import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeProxyCertificates } from '../../test/servers/faulty-proxy-certificates.ts'
import type { FaultyProxy } from '../../test/servers/faulty-proxy.ts'
import type { HecServer } from '../../test/servers/hec/hec-server.ts'
import {
  ACK_TOKEN,
  copies,
  findings,
  newHec,
  newProxy,
  openSplunk,
  shown,
  TOKEN,
  type OpenedSplunk,
} from './sample-splunk.ts'

const EVENTS = { path: '/event' }
const KEYS = Array.from({ length: 30 }, (_, i) => `k${String(i).padStart(2, '0')}`)
const ALL = KEYS.map((key) => `${key}@1`)
const HTML = { headers: { 'content-type': 'text/html' }, body: '<html><h1>Sorry</h1></html>' }

interface Row {
  readonly what: string
  readonly code: string
  readonly fault: 'configuration' | 'outage' | undefined
  readonly break: (proxy: FaultyProxy, server: HecServer) => void
  /** Whether Splunk has taken what it could not confirm, and so may have it twice. */
  readonly doubled?: true
}

const rows: Row[] = [
  {
    what: '401, from Splunk',
    code: 'SPLUNK_HEC_3',
    fault: 'configuration',
    break: (proxy) => proxy.answer(401, { body: '{"text":"Invalid authorization","code":3}' }),
  },
  {
    what: '403, from Splunk',
    code: 'SPLUNK_HEC_4',
    fault: 'configuration',
    break: (proxy) => proxy.answer(403, { body: '{"text":"Invalid token","code":4}' }),
  },
  {
    what: '403, from a firewall',
    code: 'SPLUNK_HTTP_403',
    fault: 'configuration',
    break: (proxy) => proxy.answer(403, HTML),
  },
  {
    what: 'a missing index',
    code: 'SPLUNK_HEC_7',
    fault: 'configuration',
    break: (proxy) =>
      proxy.answer(400, { ...EVENTS, body: '{"text":"Incorrect index","code":7,"invalid-event-number":1}' }),
  },
  {
    what: '429, queue at capacity',
    code: 'SPLUNK_HEC_26',
    fault: 'outage',
    break: (proxy) => proxy.answer(429, { ...EVENTS, body: '{"text":"Queue is at capacity","code":26}' }),
  },
  { what: '429, from a gateway', code: 'SPLUNK_HTTP_429', fault: 'outage', break: (proxy) => proxy.answer(429, HTML) },
  {
    what: '500',
    code: 'SPLUNK_HEC_8',
    fault: 'outage',
    break: (proxy) => proxy.answer(500, { body: '{"text":"Internal server error","code":8}' }),
  },
  {
    what: '503',
    code: 'SPLUNK_HEC_9',
    fault: 'outage',
    break: (proxy) => proxy.answer(503, { body: '{"text":"Server is busy","code":9}' }),
  },
  {
    what: '503, from a load balancer',
    code: 'SPLUNK_HTTP_503',
    fault: 'outage',
    break: (proxy) => proxy.answer(503, HTML),
  },
  { what: 'a stalled answer', code: 'SPLUNK_TIMEOUT', fault: 'outage', break: (proxy) => proxy.stall() },
  {
    what: 'a stalled answer to what was taken',
    code: 'SPLUNK_TIMEOUT',
    fault: 'outage',
    break: (proxy) => proxy.stall({ ...EVENTS, passed: true }),
    doubled: true,
  },
  {
    what: 'a reset while the request is sent',
    code: 'SPLUNK_CONNECTION_LOST',
    fault: undefined,
    break: (proxy) => proxy.resetRequest(),
  },
  {
    what: 'a reset amid the answer',
    code: 'SPLUNK_CONNECTION_LOST',
    fault: undefined,
    break: (proxy) => proxy.resetMidAnswer(),
    doubled: true,
  },
  {
    what: 'a refused connection',
    code: 'SPLUNK_UNREACHABLE',
    fault: 'outage',
    break: (proxy) => void proxy.stop(),
  },
]

describe('while there is', () => {
  test.each(rows)('$what, findings wait, and come when it is over', async ({ code, fault, doubled, ...row }) => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    const sink = await openSplunk([proxy.url], { requestTimeoutMs: 150 })
    row.break(proxy, server)
    await expect(sink.send(...findings('first'))).rejects.toMatchObject({ code, fault })
    const pumping = sink.pump(findings(...KEYS))
    await expect.poll(() => sink.told.length, { timeout: 3000 }).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 150))
    proxy.pass()
    await proxy.stop()
    await proxy.startAgain()
    expect(await pumping).toEqual([])
    expect(
      shown(server)
        .filter((id) => id !== 'first@1')
        .toSorted(),
    ).toEqual(ALL)
    if (!doubled) expect(copies(server)).toHaveLength(KEYS.length)
    expect(sink.told[0]).toMatchObject({
      what: expect.stringMatching(fault === 'configuration' ? /^error The sink waits/ : /^warn The sink waits/),
      fields: { code },
    })
  })

  test('a name that cannot be resolved, findings wait, and no check passes', async () => {
    const sink = await openSplunk(['http://splunk.invalid:8088'])
    await expect(sink.send(...findings('a'))).rejects.toMatchObject({
      code: 'SPLUNK_UNREACHABLE',
      // Without any resolver the system calls it a passing trouble.
      message: expect.stringMatching(/cannot reach http:\/\/splunk\.invalid:8088 \(.*(ENOTFOUND|EAI_AGAIN)/),
      fault: expect.stringMatching(/configuration|outage/),
    })
    await expectWaiting(sink)
  })

  test.each([
    ['expired', /CERT_HAS_EXPIRED|certificate has expired/],
    ['foreign', /self[- ]signed|unable to verify|UNABLE_TO/],
  ] as const)('a certificate that is %s, findings wait until there is a good one', async (kind, words) => {
    const directory = await mkdtemp(join(tmpdir(), 'posture-splunk-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const certificates = await makeProxyCertificates(directory)
    const server = await newHec()
    const bad = await newProxy(server.url, { tls: certificates[kind] })
    const sink = await openSplunk([bad.url], { tls: { ca: certificates.ca } })
    await expect(sink.send(...findings('a'))).rejects.toMatchObject({
      code: 'SPLUNK_UNREACHABLE',
      fault: 'configuration',
      message: expect.stringMatching(words),
    })
    const pumping = sink.pump(findings(...KEYS))
    await expect.poll(() => sink.told.length, { timeout: 3000 }).toBe(1)
    await bad.stop()
    await newProxy(server.url, { tls: certificates.good, port: Number(new URL(bad.url).port) })
    expect(await pumping).toEqual([])
    expect(copies(server)).toEqual(ALL)
  })

  test('something else behind the address, findings wait', async () => {
    const noHttp = createServer((socket) => socket.on('error', () => {}).end('220 mail.example.com ESMTP\r\n'))
    await new Promise<void>((resolve) => noHttp.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void noHttp.close())
    const { port } = noHttp.address() as AddressInfo
    const plain = await openSplunk([`http://127.0.0.1:${port}`])
    await expect(plain.send(...findings('a'))).rejects.toMatchObject({
      code: 'SPLUNK_UNREACHABLE',
      fault: 'configuration',
    })
    const hec = await newHec()
    const encrypted = await openSplunk([hec.url.replace('http:', 'https:')])
    await expect(encrypted.send(...findings('a'))).rejects.toMatchObject({
      code: 'SPLUNK_UNREACHABLE',
      fault: 'configuration',
    })
    await expectWaiting(encrypted)
  })
})

test('a finding whose request breaks the connection every time is found, and rejected; no other is', async () => {
  const server = await newHec()
  const proxy = await newProxy(server.url)
  const sink = await openSplunk([proxy.url], { compression: false })
  const poison = 'k13'
  proxy.alter((answer, { body }) => {
    if (body.includes(`"finding_key":"${poison}"`)) throw new Error('gone')
    return answer
  }, EVENTS)
  const rejections = await sink.pump(findings(...KEYS))
  expect(rejections).toMatchObject([
    { finding: { key: poison }, attempts: 3, error: { code: 'SPLUNK_CONNECTION_LOST' } },
  ])
  expect(new Set(copies(server))).toEqual(new Set(ALL))
})

test('what waits is told once per reason, whatever number of partitions wait', async () => {
  const server = await newHec()
  const sink = await openSplunk([server.url])
  server.next(20, 9)
  const parts = [0, 1, 2, 3].map((part) => KEYS.filter((_, i) => i % 4 === part))
  await Promise.all(parts.map((part) => sink.pump(findings(...part))))
  expect(copies(server).toSorted()).toEqual(ALL)
  expect(sink.told.filter(({ what }) => what.startsWith('warn'))).toHaveLength(1)
})

describe('the token never shows', () => {
  const spelled = (token: string): string[] =>
    [token, `x:${token}`, `Splunk ${token}`].flatMap((text) => [
      text,
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
    ])

  function expectClean(...seen: readonly unknown[]): void {
    const text = seen
      .map((each) => inspect(each, { depth: 20, showHidden: true }))
      .join('\n')
      .toLowerCase()
    for (const form of [...spelled(TOKEN), ...spelled(ACK_TOKEN)]) expect(text).not.toContain(form.toLowerCase())
  }

  test.each([200, 400, 401, 403, 413, 429, 500, 503])('when the server echoes the request under %i', async (status) => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    const sink = await openSplunk([proxy.url])
    proxy.echo(status)
    expectClean(
      await sink.deliver(findings('a', 'b'), AbortSignal.timeout(5000)).catch((error: unknown) => error),
      sink.told,
    )
    expectClean(await sink.check(AbortSignal.timeout(5000)).catch((error: unknown) => error))
  })

  test.each([200, 400, 401, 403, 429, 500])('when the text of a HEC answer holds it under %i', async (status) => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    const sink = await openSplunk([proxy.url])
    const text = `Got "Splunk ${TOKEN.toUpperCase()}" ${Buffer.from(`x:${TOKEN}`).toString('base64')} ${'\u0007\n'.repeat(9)}${'long '.repeat(200)}`
    proxy.answer(status, { body: JSON.stringify({ text, code: 99 }) })
    const thrown = await sink.deliver(findings('a'), AbortSignal.timeout(5000)).catch((error: unknown) => error)
    expectClean(thrown, sink.told)
    if (thrown instanceof Error) expect(thrown.message.length).toBeLessThan(600)
    expectClean(await sink.check(AbortSignal.timeout(5000)).catch((error: unknown) => error))
  })

  test('when what answers is no HTTP, and holds the request', async () => {
    const echo = createServer((socket) => socket.on('error', () => {}).on('data', (data) => socket.end(data)))
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void echo.close())
    const sink = await openSplunk([`http://127.0.0.1:${(echo.address() as AddressInfo).port}`])
    const thrown = await sink.deliver(findings('a'), AbortSignal.timeout(5000)).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'SPLUNK_UNREACHABLE' })
    expectClean(thrown, await sink.check(AbortSignal.timeout(5000)).catch((error: unknown) => error))
  })

  test('when an acknowledgement is asked for, or the sink is printed', async () => {
    const server = await newHec()
    const proxy = await newProxy(server.url)
    proxy.echo(403, { path: '/ack' })
    const sink = await openSplunk([proxy.url], { acknowledge: { deadlineMs: 50, pollMs: 5 } })
    expectClean(await sink.deliver(findings('a'), AbortSignal.timeout(5000)), sink.told)
    expectClean(inspect(sink, { depth: 10 }), JSON.stringify(sink))
  })
})

async function expectWaiting(sink: OpenedSplunk): Promise<void> {
  const abort = new AbortController()
  const pumping = sink.pump(findings('a'), abort.signal).catch(() => 'stopped')
  await expect.poll(() => sink.told.length, { timeout: 3000 }).toBe(1)
  await expect(sink.check(AbortSignal.timeout(5000))).rejects.toThrow('cannot reach')
  abort.abort()
  expect(await pumping).toBe('stopped')
}
