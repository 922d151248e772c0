import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { whyNoOwnNode } from './available.ts'
import { OpenSearchNode } from './node.ts'
import type { OpenSearchVersion } from './versions.ts'

const START_MS = 600_000
const versions: readonly OpenSearchVersion[] = ['2.19.6', '3.6.0']

interface BulkAnswer {
  readonly items: readonly { readonly index: { readonly status: number; readonly error?: { readonly type: string } } }[]
}

function bulk(url: string, index: string, documents: readonly object[]): Promise<Response> {
  const lines = documents.flatMap((document) => [{ index: { _index: index } }, document])
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  return fetch(`${url}/_bulk`, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
}

async function statuses(response: Response): Promise<number[]> {
  const { items } = (await response.json()) as BulkAnswer
  return items.map(({ index }) => index.status)
}

async function count(url: string, index: string): Promise<number> {
  await fetch(`${url}/${index}/_refresh`, { method: 'POST' })
  const answer = await fetch(`${url}/${index}/_count`)
  return ((await answer.json()) as { count: number }).count
}

function make(url: string, index: string, settings: object): Promise<Response> {
  const body = JSON.stringify({ settings: { number_of_replicas: 0, ...settings } })
  return fetch(`${url}/${index}`, { method: 'PUT', body, headers: { 'content-type': 'application/json' } })
}

describe.each(versions)('OpenSearch %s', (version) => {
  const why = whyNoOwnNode(version)
  let node: OpenSearchNode

  beforeAll(async () => {
    if (why === undefined) node = await OpenSearchNode.start({ version })
  }, START_MS)
  afterAll(() => node?.stop())
  beforeEach(({ skip }) => skip(why !== undefined, why))

  test('is the one that it is said to be', async () => {
    const answer = await fetch(node.url)
    expect(await answer.json()).toMatchObject({ version: { distribution: 'opensearch', number: version } })
  })

  test('has, killed and started again, what it had acknowledged, at the same address', async () => {
    const { url } = node
    expect(await statuses(await bulk(url, 'kept', [{ a: 1 }, { a: 2 }]))).toEqual([201, 201])
    await node.kill()
    await expect(fetch(url)).rejects.toThrow()
    await node.restart()
    expect(node.url).toBe(url)
    expect(await count(url, 'kept')).toBe(2)
  })

  test('answers nothing while it is suspended, and goes on afterwards', async () => {
    node.suspend()
    const waiting = fetch(`${node.url}/_cluster/health`)
    await expect(Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 500, 'silent'))])).resolves.toBe(
      'silent',
    )
    node.resume()
    expect((await waiting).status).toBe(200)
  })

  test('refuses single documents where its queue is short, and whole requests where its memory for them is', async () => {
    await node.restart({ settings: { 'thread_pool.write.size': 1, 'thread_pool.write.queue_size': 1 } })
    await make(node.url, 'many-shards', { number_of_shards: 20 })
    const some = await bulk(
      node.url,
      'many-shards',
      Array.from({ length: 200 }, (_, a) => ({ a })),
    )
    expect(some.status).toBe(200)
    expect(new Set(await statuses(some))).toEqual(new Set([201, 429]))

    await node.restart({ settings: { 'indexing_pressure.memory.limit': '10kb' } })
    const none = await bulk(node.url, 'kept', [{ text: 'x'.repeat(20_000) }])
    expect(none.status).toBe(429)
    expect(await none.json()).toMatchObject({ status: 429, error: { reason: expect.stringContaining('rejected') } })
    expect(await statuses(await bulk(node.url, 'kept', [{ a: 3 }]))).toEqual([201])
  })
})

describe('a node', () => {
  beforeEach(({ skip }) => skip(whyNoOwnNode() !== undefined, whyNoOwnNode()))

  test('with a setting that it does not know says which', async () => {
    const starting = OpenSearchNode.start({ settings: { 'thread_pool.write.queue': 1 } })
    await expect(starting).rejects.toThrow('unknown setting [thread_pool.write.queue]')
  })

  test('leaves nothing behind but a folder that it was given, and goes on from that one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'posture-stream-node-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const first = await OpenSearchNode.start({ directory })
    await bulk(first.url, 'kept', [{ a: 1 }])
    await first.stop()
    await using second = await OpenSearchNode.start({ directory })
    expect(await count(second.url, 'kept')).toBe(1)

    const passing = await OpenSearchNode.start()
    expect(existsSync(passing.directory)).toBe(true)
    await passing.stop()
    expect(existsSync(passing.directory)).toBe(false)
  })
})
