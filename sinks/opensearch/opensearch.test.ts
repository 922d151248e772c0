import { Ajv2020 } from 'ajv/dist/2020.js'
import { Value } from 'typebox/value'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { Sink } from '../sink.ts'
import { configSchema, type OpenSearchConfig } from './config.ts'
import { openSearch } from './opensearch.ts'
import { sampleServer, type Reply } from './sample-server.ts'
import { MARK } from './template/template.ts'

const { signal } = new AbortController()
const ready: Reply = [200, { 'f-000001': { aliases: { f: {} }, mappings: { _meta: MARK } } }]
const stream: Reply = [200, { data_streams: [{ indices: [{ index_name: '.ds-h-1' }] }] }]
const streamIndex: Reply = [200, { '.ds-h-1': { aliases: {}, mappings: { _meta: MARK } } }]
const items = (...statuses: number[]): Reply => [
  200,
  { items: statuses.map((status) => ({ index: { status, ...(status > 299 && { error: {} }) } })) },
]

const configFor = (settings: object): OpenSearchConfig =>
  Value.Default(configSchema, { index: 'f', ...settings }) as OpenSearchConfig

async function open(settings: object): Promise<Sink> {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const metrics = { count() {}, gauge() {}, observe() {} }
  const sink = await openSearch.create(configFor(settings), {
    name: 'siem',
    tenant: 'acme',
    log,
    metrics,
    clock: Date.now,
  })
  onTestFinished(() => sink.close?.())
  return sink
}

const outcomes = async (sink: Sink, keys: string): Promise<unknown[]> =>
  (
    await sink.deliver(
      [...keys].map((key) => sampleFinding(key)),
      signal,
    )
  ).map((outcome) => (outcome.status === 'failed' ? (outcome.error as { code?: unknown }).code : 'delivered'))

describe('a batch in several requests', () => {
  test('that meets an outage half-way keeps what it got an answer for', async () => {
    const { url } = await sampleServer(ready, items(201), [503, {}])
    expect(await outcomes(await open({ nodes: [url], maxBatchBytes: 1 }), 'abc')).toEqual([
      'delivered',
      'OPENSEARCH_UNAVAILABLE',
      'OPENSEARCH_UNAVAILABLE',
    ])
  })

  test('that meets anything else half-way says nothing about any finding', async () => {
    const { url } = await sampleServer(ready, items(201), [200, 'Welcome'])
    const sink = await open({ nodes: [url], maxBatchBytes: 1 })
    await expect(outcomes(sink, 'abc')).rejects.toMatchObject({ code: 'OPENSEARCH_ANSWER_UNREADABLE' })
  })

  test('of which one is too large is halved as often as it must be', async () => {
    const { url, received } = await sampleServer(ready, [413, ''], [413, ''], items(201), items(201), items(201, 201))
    expect(await outcomes(await open({ nodes: [url] }), 'abcd')).toEqual(Array.from({ length: 4 }, () => 'delivered'))
    expect(received).toHaveLength(6)
  })
})

describe('a finding with a history', () => {
  const history = { history: { dataStream: 'h' } }

  test.each([
    [[201, 201], 'delivered'],
    [[201, 429], 'OPENSEARCH_BUSY'],
    [[500, 201], 'OPENSEARCH_ITEM_FAILED'],
    [[400, 201], 'OPENSEARCH_DOCUMENT_REFUSED'],
    [[400, 429], 'OPENSEARCH_BUSY'],
    [[429, 400], 'OPENSEARCH_BUSY'],
  ])('whose two documents get %j is %s', async (statuses, outcome) => {
    const { url } = await sampleServer(ready, stream, streamIndex, items(...statuses))
    expect(await outcomes(await open({ nodes: [url], ...history }), 'a')).toEqual([outcome])
  })
})

test('no more requests are on their way than concurrency allows, whatever number of batches come', async () => {
  let running = 0
  let most = 0
  const { url } = await sampleServer(ready, (response) => {
    most = Math.max(most, ++running)
    setTimeout(() => {
      running -= 1
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"items": [{"index": {"status": 201}}]}')
    }, 10)
  })
  const sink = await open({ nodes: [url], concurrency: 2 })
  await sink.check(signal)
  const batches = await Promise.all([...'abcdefgh'].map((key) => outcomes(sink, key)))
  expect(batches.flat()).toEqual(Array.from({ length: 8 }, () => 'delivered'))
  expect(most).toBe(2)
})

test('closing ends what is on its way', async () => {
  const { url } = await sampleServer(ready, () => {})
  const sink = await open({ nodes: [url] })
  const delivery = outcomes(sink, 'a')
  setTimeout(() => void sink.close?.(), 50)
  await expect(delivery).rejects.toThrow('abort')
})

test('a serverless collection has no history', async () => {
  const sigv4 = { region: 'eu-west-1', service: 'aoss' }
  await expect(async () =>
    openSearch.create(configFor({ nodes: ['https://x.example.com'], auth: { sigv4 }, history: {} }), {} as never),
  ).rejects.toThrow(expect.objectContaining({ code: 'OPENSEARCH_NO_HISTORY', retryable: false }))
})

describe('a configuration', () => {
  const ajv = new Ajv2020({ strict: false, useDefaults: true })
  const isValid = ajv.compile(configSchema)
  const nodes = ['https://search.example.com:9200']

  test('needs no more than a node, and knows the names that install uses', () => {
    const config = { nodes }
    expect(isValid(config)).toBe(true)
    expect(config).toMatchObject({ index: 'posture-findings', compression: true, maxBatchBytes: 5_000_000 })
    const withHistory = { nodes, history: {} }
    expect(isValid(withHistory)).toBe(true)
    expect(withHistory.history).toMatchObject({ dataStream: 'posture-findings-history', retentionDays: 365 })
  })

  test.each([
    [{ nodes: [] }],
    [{ nodes: ['https://user:secret@search.example.com'] }],
    [{ nodes: ['https://user@search.example.com'] }],
    [{ nodes: ['https://search.example.com/?token=secret'] }],
    [{ nodes: ['search.example.com:9200'] }],
    [{ nodes: ['ftp://search.example.com'] }],
    [{ nodes, index: 'Posture' }],
    [{ nodes, index: '_all' }],
    [{ nodes, index: 'a,b' }],
    [{ nodes, index: 'a*' }],
    [{ nodes, auth: {} }],
    [{ nodes, auth: { apiKey: 'a', basic: { username: 'a', password: 'b' } } }],
    [{ nodes, auth: { basic: { username: 'a:b', password: 'c' } } }],
    [{ nodes, auth: { sigv4: { service: 'es' } } }],
    [{ nodes, password: 'x' }],
  ])('is refused: %j', (config) => {
    expect(isValid(config)).toBe(false)
  })

  test('has a description for every setting', () => {
    const undescribed = (schema: object, at: string): string[] => {
      const { properties = {}, items: each } = schema as { properties?: Record<string, object>; items?: object }
      const inside = Object.entries(properties).flatMap(([key, value]) => undescribed(value, `${at}/${key}`))
      const own = at === '' || 'description' in schema ? [] : [at]
      return [...own, ...inside, ...(each ? undescribed(each, `${at}/-`) : [])]
    }
    expect(undescribed(configSchema, '')).toEqual([])
  })

  test('names its secrets as secrets', () => {
    const config = configFor({ nodes, auth: { apiKey: new Secret('CANARY') } })
    expect(JSON.stringify(config)).not.toContain('CANARY')
  })
})

test('the role that is shown covers the names that the sink uses unless told', () => {
  const role = JSON.parse(/```json\n([^]*?)```/.exec(openSearch.access!)![1]!) as {
    index_permissions: { index_patterns: string[] }[]
  }
  const { index, history } = Value.Default(configSchema, { nodes: [], history: {} }) as OpenSearchConfig
  const [latest, revisions] = role.index_permissions.map(({ index_patterns: patterns }) => patterns)
  expect(latest).toEqual([index, `${index}-0*`])
  expect(revisions).toEqual([history!.dataStream, `.ds-${history!.dataStream}-*`])
})
