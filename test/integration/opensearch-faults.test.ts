import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import { errorCode } from '../../core/errors.ts'
import { deliver, type Rejection } from '../../sinks/deliver.ts'
import { SinkHealth } from '../../sinks/health.ts'
import { openSearch } from '../../sinks/opensearch/opensearch.ts'
import { MAPPING } from '../../sinks/opensearch/template/template.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { ScratchOpenSearch } from '../scratch-opensearch.ts'
import { makeProxyCertificates, type ProxyCertificates } from '../servers/faulty-proxy-certificates.ts'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import { whyNoOwnNode } from '../servers/opensearch/available.ts'
import { OpenSearchNode } from '../servers/opensearch/node.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'

const OPTIONS = { maxAttempts: 4, backoff: { initialMs: 20, maxMs: 100 } }
const BULK = { path: '_bulk' }

const batch = (count: number, text = ''): PostureFinding[] =>
  Array.from({ length: count }, (_, number) => sampleFinding(`k${number}`, 1, { message: `Message ${text}` }))
const named = (findings: readonly PostureFinding[]): string[] =>
  findings.map(({ key, revision }) => `${key}@${revision}`).toSorted()

interface Told {
  readonly level: string
  readonly fault?: string
  readonly code?: string
  readonly reason?: string
}

interface Delivery {
  /** Resolves to what was rejected, once every finding has its outcome. */
  readonly done: Promise<Rejection[]>
  /** What the operator was told meanwhile. */
  readonly told: readonly Told[]
  /** How many findings were tried again. */
  retried(): number
}

/** The sink behind the loop that drives it in production. */
async function start(
  scratch: ScratchOpenSearch,
  findings: readonly PostureFinding[],
  settings: Readonly<Record<string, unknown>> = {},
  trouble: () => unknown = () => {},
): Promise<Delivery> {
  const told: Told[] = []
  let retried = 0
  const say = (level: string) => (fields: object) => void told.push({ level, ...fields })
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const metrics = { gauge() {}, observe() {}, count: (_: string, by: number) => void (retried += by) }
  const context = { name: 'siem', tenant: 'acme', log, metrics, clock: Date.now }
  const sink = await openSearch.create(scratch.config(settings), context)
  // As it does at the start of a pipeline; the trouble comes later.
  await sink.check(AbortSignal.timeout(5000)).catch(() => {})
  await trouble()
  const health = new SinkHealth(sink, { name: 'siem', log, metrics, condition: unwatched, freshMs: 20 })
  const abort = new AbortController()
  const done = deliver(sink, findings, OPTIONS, health, abort.signal)
  done.catch(() => {})
  onTestFinished(async () => {
    abort.abort()
    health.close()
    await sink.close?.()
  })
  return { done, told, retried: () => retried }
}

const waitsFor = async ({ told }: Delivery, fault: string, code: string): Promise<void> => {
  const level = fault === 'configuration' ? 'error' : 'warn'
  await vi.waitFor(() => expect(told).toContainEqual(expect.objectContaining({ level, fault, code })), 20_000)
}

describe('the OpenSearch sink and trouble on its way', () => {
  let scratch: ScratchOpenSearch
  let proxy: FaultyProxy
  beforeEach(async (context) => {
    scratch = await new ScratchOpenSearch(await sharedOpenSearch(context)).install()
    proxy = await FaultyProxy.start(scratch.url)
    onTestFinished(() => proxy.stop())
  })

  const through = (settings: object = {}) => ({ nodes: [proxy.url], ...settings })
  const refusal = (type: string, reason: string) => ({ body: JSON.stringify({ error: { type, reason }, status: 400 }) })

  test.each<[string, (proxy: FaultyProxy) => void, string, string, object?]>([
    ['401', (it) => it.answer(401, { body: 'Unauthorized' }), 'configuration', 'OPENSEARCH_UNAUTHENTICATED'],
    [
      '403',
      (it) => it.answer(403, refusal('security_exception', 'no permissions for [indices:data/write/bulk]')),
      'configuration',
      'OPENSEARCH_FORBIDDEN',
    ],
    ['404 of a proxy', (it) => it.answer(404, { body: '<html>' }), 'configuration', 'OPENSEARCH_NOT_FOUND'],
    [
      'a redirect',
      (it) => it.answer(302, { headers: { location: '/login' } }),
      'configuration',
      'OPENSEARCH_REDIRECTED',
    ],
    ['500', (it) => it.answer(500, refusal('null_pointer_exception', '')), 'outage', 'OPENSEARCH_UNAVAILABLE'],
    ['502', (it) => it.answer(502, { body: '<html>' }), 'outage', 'OPENSEARCH_UNAVAILABLE'],
    [
      '503',
      (it) => it.answer(503, refusal('cluster_block_exception', 'no master')),
      'outage',
      'OPENSEARCH_UNAVAILABLE',
    ],
    [
      '429 for the whole request',
      (it) => it.answer(429, refusal('circuit_breaking_exception', 'Data too large')),
      'outage',
      'OPENSEARCH_BUSY',
    ],
    ['no answer', (it) => it.stall(), 'outage', 'OPENSEARCH_STALLED', { requestTimeoutMs: 300 }],
    [
      'no answer to what was written',
      (it) => it.stall({ ...BULK, passed: true }),
      'outage',
      'OPENSEARCH_STALLED',
      { requestTimeoutMs: 300 },
    ],
  ])('%s: all wait as long as it lasts, and are delivered afterwards', async (_, fail, fault, code, settings = {}) => {
    const findings = batch(5)
    const delivery = await start(scratch, findings, through(settings), () => fail(proxy))
    await waitsFor(delivery, fault, code)
    proxy.pass()
    expect(await delivery.done).toEqual([])
    expect(await scratch.held()).toEqual(named(findings))
  })

  test('a refused connection is an outage', async () => {
    await proxy.stop()
    const delivery = await start(scratch, batch(3), through())
    await waitsFor(delivery, 'outage', 'OPENSEARCH_UNREACHABLE')
    await proxy.startAgain()
    expect(await delivery.done).toEqual([])
    expect(await scratch.held()).toEqual(named(batch(3)))
  })

  test('an unknown host is a configuration fault, and another node takes over where there is one', async () => {
    const alone = await start(scratch, batch(3), { nodes: ['http://no-such-host.invalid:9200'] })
    await waitsFor(alone, 'configuration', 'OPENSEARCH_NODE_UNKNOWN')
    const nodes = ['http://no-such-host.invalid:9200', 'http://127.0.0.1:1', proxy.url]
    const helped = await start(scratch, batch(3), { nodes })
    expect(await helped.done).toEqual([])
    expect(helped.told).toEqual([])
    expect(await scratch.held()).toEqual(named(batch(3)))
  })

  test.each<[string, (proxy: FaultyProxy) => void]>([
    ['while the request is sent', (it) => it.resetRequest({ ...BULK, times: 2 })],
    ['before the answer', (it) => it.resetAnswer({ ...BULK, times: 2 })],
    ['in the middle of the answer', (it) => it.resetMidAnswer({ ...BULK, times: 2 })],
  ])('a connection that is reset %s loses nothing and rejects nobody', async (_, fail) => {
    fail(proxy)
    const printed = vi.spyOn(console, 'log')
    onTestFinished(() => printed.mockRestore())
    const delivery = await start(scratch, batch(6), through())
    expect(await delivery.done).toEqual([])
    expect(await scratch.held()).toEqual(named(batch(6)))
    expect(delivery.retried()).toBeGreaterThan(0)
    expect(printed).not.toHaveBeenCalled()
  })

  test.each([
    ['is no JSON', '<html>Welcome</html>'],
    ['breaks off', '{"items": ['],
    ['has no items', '{"took": 3, "errors": false}'],
    ['has fewer items', '{"items": [{"index": {"status": 201}}]}'],
    ['has items without a status', '{"items": [{"index": {}}, {}, null]}'],
  ])('a bulk answer that %s is no success: the findings are sent again', async (_, body) => {
    proxy.answer(200, { ...BULK, body, times: 2 })
    const delivery = await start(scratch, batch(3), through())
    expect(await delivery.done).toEqual([])
    expect(await scratch.held()).toEqual(named(batch(3)))
  })

  test('of a bulk answer only what may yet succeed is sent again, and only what cannot is rejected', async () => {
    const items = [
      { index: { status: 201 } },
      { index: { status: 429, error: { type: 'rejected_execution_exception', reason: 'the queue is full' } } },
      { index: { status: 400, error: { type: 'mapper_parsing_exception', reason: 'failed to parse' } } },
      { index: { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'higher' } } },
      { index: { status: 503, error: { type: 'unavailable_shards_exception', reason: 'primary is not active' } } },
    ]
    proxy.answer(200, { ...BULK, body: JSON.stringify({ errors: true, items }), times: 1 })
    const delivery = await start(scratch, batch(5), through())
    const rejected = await delivery.done
    expect(rejected.map(({ finding, error, attempts }) => [finding.key, errorCode(error), attempts])).toEqual([
      ['k2', 'OPENSEARCH_DOCUMENT_REFUSED', 1],
    ])
    expect(delivery.told[0]).toMatchObject({ level: 'warn', fault: 'outage', code: 'OPENSEARCH_BUSY' })
    expect(await scratch.held()).toEqual(['k1@1', 'k4@1'])
    expect(delivery.retried()).toBe(2)
  })

  test('a document that the cluster fails on, again and again, is rejected, and its neighbours are delivered', async () => {
    proxy.alter((answer, { body }) => {
      const at = body
        .toString()
        .split('\n')
        .findIndex((line) => line.includes('"uid":"k1"'))
      const parsed = JSON.parse(answer.body.toString()) as { items: object[] }
      const failure = { index: { status: 500, error: { type: 'null_pointer_exception', reason: 'oops' } } }
      const items = parsed.items.with(Math.floor(at / 2), failure)
      return at < 0 ? answer : { ...answer, body: Buffer.from(JSON.stringify({ items })) }
    }, BULK)
    const delivery = await start(scratch, batch(4), through({ compression: false }))
    const rejected = await delivery.done
    expect(rejected.map(({ finding, attempts }) => [finding.key, attempts])).toEqual([['k1', OPTIONS.maxAttempts]])
    expect(await scratch.held()).toEqual(named(batch(4)))
  })

  describe('on the index itself', () => {
    test('one that is missing is a configuration fault until install has made it', async () => {
      await scratch.remove()
      const delivery = await start(scratch, batch(3))
      await waitsFor(delivery, 'configuration', 'OPENSEARCH_INDEX_MISSING')
      expect(delivery.told[0]!.reason).toContain('posture-stream opensearch install')
      await scratch.install()
      expect(await delivery.done).toEqual([])
      expect(await scratch.held()).toEqual(named(batch(3)))
    })

    test.each<[string, Bar, string, string]>([
      ['closed', { bar: ['POST', '_close'], lift: ['POST', '_open'] }, 'configuration', 'OPENSEARCH_INDEX_MISSING'],
      ['blocked for writing', blocked('write'), 'outage', 'OPENSEARCH_BLOCKED'],
      ['read-only', blocked('read_only'), 'configuration', 'OPENSEARCH_BLOCKED'],
      ['on a full disk', blocked('read_only_allow_delete'), 'outage', 'OPENSEARCH_DISK_FULL'],
    ])('one that is %s rejects nobody', async (_, { bar, lift }, fault, code) => {
      const change = async ([method, path, body]: Call): Promise<unknown> =>
        await scratch.ask(method, `/${scratch.index}-000001/${path}`, body)
      const delivery = await start(scratch, batch(3), {}, () => change(bar))
      await waitsFor(delivery, fault, code)
      await change(lift)
      expect(await delivery.done).toEqual([])
      expect(await scratch.held()).toEqual(named(batch(3)))
    })

    test('one with a pipeline that is missing rejects nobody', async () => {
      const settings = `/${scratch.index}-000001/_settings`
      await scratch.ask('PUT', settings, { 'index.default_pipeline': 'none-such' })
      const delivery = await start(scratch, batch(3))
      await waitsFor(delivery, 'configuration', 'OPENSEARCH_INDEX_UNFIT')
      await scratch.ask('PUT', settings, { 'index.default_pipeline': null })
      expect(await delivery.done).toEqual([])
      expect(await scratch.held()).toEqual(named(batch(3)))
    })

    test('an alias that is moved to a new index takes the writes along, whatever was blocked meanwhile', async () => {
      const [old, next] = [`${scratch.index}-000001`, `${scratch.index}-000002`]
      const move = async (): Promise<void> => {
        await scratch.ask('PUT', `/${next}`)
        const alias = scratch.index
        const actions = [{ remove: { index: old, alias } }, { add: { index: next, alias } }]
        await scratch.ask('POST', '/_aliases', { actions })
      }
      const delivery = await start(scratch, batch(3), {}, () => scratch.ask('PUT', `/${old}/_block/write`))
      await waitsFor(delivery, 'outage', 'OPENSEARCH_BLOCKED')
      await move()
      expect(await delivery.done).toEqual([])
      expect(await scratch.held()).toEqual(named(batch(3)))
    })
  })
})

type Call = readonly [method: string, path: string, body?: object]
interface Bar {
  readonly bar: Call
  readonly lift: Call
}

function blocked(block: string): Bar {
  const set = (value: true | null): Call => ['PUT', '_settings', { [`index.blocks.${block}`]: value }]
  return { bar: set(true), lift: set(null) }
}

describe('the OpenSearch sink and certificates', () => {
  let directory: string
  let certificates: ProxyCertificates
  let scratch: ScratchOpenSearch
  beforeEach(async (context) => {
    scratch = await new ScratchOpenSearch(await sharedOpenSearch(context)).install()
  })
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'posture-stream-tls-'))
    certificates = await makeProxyCertificates(directory)
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test.each<[string, 'expired' | 'foreign']>([
    ['an expired certificate', 'expired'],
    ['one of an authority that is not trusted', 'foreign'],
  ])('%s is a configuration fault; a good one of our own authority is trusted', async (_, which) => {
    const bad = await FaultyProxy.start(scratch.url, { tls: certificates[which] })
    const good = await FaultyProxy.start(scratch.url, { tls: certificates.good })
    onTestFinished(async () => void (await Promise.all([bad.stop(), good.stop()])))
    const tls = { ca: certificates.ca }
    const waiting = await start(scratch, batch(3), { nodes: [bad.url], tls })
    await waitsFor(waiting, 'configuration', 'OPENSEARCH_TLS')
    expect(bad.requests()).toEqual([])
    const delivery = await start(scratch, batch(3), { nodes: [good.url], tls })
    expect(await delivery.done).toEqual([])
    expect(await scratch.held()).toEqual(named(batch(3)))
  })
})

describe('the OpenSearch sink and a node that is full', () => {
  const why = whyNoOwnNode()
  let node: OpenSearchNode
  beforeAll(async () => {
    if (why === undefined) node = await OpenSearchNode.start({ settings: { 'http.max_content_length': '100kb' } })
  }, 600_000)
  afterAll(() => node?.stop())
  beforeEach(({ skip }) => skip(why !== undefined, why))

  test.each([true, false])(
    '413 halves the request; a finding that is too large alone is rejected (gzip: %s)',
    async (compression) => {
      const scratch = await new ScratchOpenSearch(node.url).install()
      const small = batch(300)
      const large = sampleFinding('large', 1, { message: 'x'.repeat(150_000) })
      const findings = [...small.slice(0, 100), large, ...small.slice(100)]
      const delivery = await start(scratch, findings, { compression })
      const rejected = await delivery.done
      expect(rejected.map(({ finding, error, attempts }) => [finding.key, errorCode(error), attempts])).toEqual([
        ['large', 'OPENSEARCH_DOCUMENT_TOO_LARGE', 1],
      ])
      expect(rejected[0]!.error.message).toMatch(/15\d{4} bytes/)
      expect(await scratch.held()).toEqual(named(small))
      expect(delivery.told).toEqual([])
    },
  )

  test('429 of single documents: only these wait', async () => {
    await node.restart({ settings: { 'thread_pool.write.size': 1, 'thread_pool.write.queue_size': 1 } })
    const scratch = new ScratchOpenSearch(node.url)
    const settings = { number_of_shards: 20, number_of_replicas: 0 }
    const aliases = { [scratch.index]: {} }
    await scratch.ask('PUT', `/${scratch.index}-000001`, { settings, mappings: MAPPING, aliases })
    const delivery = await start(scratch, batch(200))
    await waitsFor(delivery, 'outage', 'OPENSEARCH_BUSY')
    expect(await delivery.done).toEqual([])
    expect(await scratch.held()).toEqual(named(batch(200)))
    expect(delivery.retried()).toBeGreaterThan(0)
  })

  test('429 of whole requests: a request that never fits is halved, one that may fit later waits', async () => {
    await node.restart({ settings: { 'indexing_pressure.memory.limit': '20kb' } })
    const scratch = await new ScratchOpenSearch(node.url).install()
    const one = await start(scratch, batch(200))
    expect(await one.done).toEqual([])
    expect(one.told).toEqual([])
    const several = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        start(
          scratch,
          Array.from({ length: 15 }, (__, number) => sampleFinding(`p${at}-${number}`)),
        ),
      ),
    )
    expect(await Promise.all(several.map(({ done }) => done))).toEqual(several.map(() => []))
    expect(several.flatMap(({ told }) => told)).toContainEqual(
      expect.objectContaining({ level: 'warn', fault: 'outage', code: 'OPENSEARCH_BUSY' }),
    )
    expect(await scratch.held()).toHaveLength(200 + 8 * 15)
  })
})
