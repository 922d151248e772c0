import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openSearch } from '../../sinks/opensearch/opensearch.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { sinkContract } from '../../sinks/sink.contract.ts'
import type { PostureFinding, Sink } from '../../sinks/sink.ts'
import { ScratchOpenSearch } from '../scratch-opensearch.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'
import type { OpenSearchVersion } from '../servers/opensearch/versions.ts'

const versions: readonly OpenSearchVersion[] = ['2.19.6', '3.6.0']
const { signal } = new AbortController()

interface LogLine {
  readonly level: string
  readonly message: string
}

async function open(config: ReturnType<ScratchOpenSearch['config']>, lines: LogLine[] = []): Promise<Sink> {
  const say = (level: string) => (_: object, message: string) => void lines.push({ level, message })
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const metrics = { count() {}, gauge() {}, observe() {} }
  const sink = await openSearch.create(config, { name: 'siem', tenant: 'acme', log, metrics, clock: Date.now })
  onTestFinished(() => sink.close?.())
  return sink
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = new Map(items.map((item) => [item, Math.random()]))
  return items.toSorted((a, b) => order.get(a)! - order.get(b)!)
}

const failures = (outcomes: Awaited<ReturnType<Sink['deliver']>>) =>
  outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [outcome.error] : []))

describe.each(versions)('on OpenSearch %s', (version) => {
  let url: string
  beforeEach(async (context) => {
    url = await sharedOpenSearch(context, version)
  })

  const latest = async (): Promise<ScratchOpenSearch> => await new ScratchOpenSearch(url).install()
  const withHistory = async (): Promise<ScratchOpenSearch> =>
    await new ScratchOpenSearch(url).install({ history: true })
  const historyOf = ({ dataStream }: ScratchOpenSearch) => ({ history: { dataStream } })

  sinkContract('opensearch', async () => {
    const scratch = await latest()
    return { takes: 'latest-state', open: () => open(scratch.config()), held: () => scratch.held() }
  })

  // The way of sending is ours, whatever the version.
  if (version === versions[0])
    sinkContract('opensearch, without compression and in small requests,', async () => {
      const scratch = await latest()
      const config = scratch.config({ compression: false, maxBatchBytes: 1500, concurrency: 1 })
      return { takes: 'latest-state', open: () => open(config), held: () => scratch.held() }
    })

  sinkContract('history of the opensearch', async () => {
    const scratch = await withHistory()
    const config = scratch.config(historyOf(scratch))
    return { takes: 'every-revision', open: () => open(config), held: () => scratch.held(scratch.dataStream) }
  })

  describe('what stands in the index', () => {
    test('is the newest revision of each finding, however often and in whatever order they come', async () => {
      const scratch = await withHistory()
      const sink = await open(scratch.config({ ...historyOf(scratch), maxBatchBytes: 20_000 }))
      const keys = Array.from({ length: 20 }, (_, number) => `k${number}`)
      const revisions = keys.flatMap((key) => [1, 2, 3, 4, 5].map((revision) => sampleFinding(key, revision)))
      const all = shuffled([...revisions, ...revisions, ...revisions])
      for (let at = 0; at < all.length; at += 40) {
        expect(failures(await sink.deliver(all.slice(at, at + 40), signal))).toEqual([])
      }
      expect(await scratch.held()).toEqual(keys.map((key) => `${key}@5`).toSorted())
      expect(await scratch.held(scratch.dataStream)).toEqual(
        revisions.map(({ key, revision }) => `${key}@${revision}`).toSorted(),
      )
    })

    test('is the event as it stands on the stream, with nothing added or left out, also over several lines', async () => {
      const scratch = await withHistory()
      const sink = await open(scratch.config(historyOf(scratch)))
      const finding = sampleFinding('a')
      const spread = Buffer.from(JSON.stringify(finding.event, undefined, '\r\n  '))
      expect(failures(await sink.deliver([{ ...finding, bytes: new Uint8Array(spread) }], signal))).toEqual([])
      const stored = await Promise.all([scratch.index, scratch.dataStream].map((name) => scratch.documents(name)))
      expect(stored.map(([document]) => document!.event)).toEqual([finding.event, finding.event])
    })

    test('keeps findings of two tenants with one key apart', async () => {
      const scratch = await latest()
      const sink = await open(scratch.config())
      await sink.deliver([sampleFinding('a', 1), sampleFinding('a', 1, { tenant: 'other' })], signal)
      expect(await scratch.held()).toEqual(['a@1', 'a@1'])
    })

    test('stays when one finding cannot be indexed, which is rejected with the reason', async () => {
      const scratch = await latest()
      const sink = await open(scratch.config())
      const event = { ...sampleFinding('b').event, severity: { of: 'an object' } }
      const bad = { ...sampleFinding('b'), event, bytes: Buffer.from(JSON.stringify(event)) }
      const outcomes = await sink.deliver([sampleFinding('a'), bad, sampleFinding('c')], signal)
      expect(outcomes.map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered'])
      expect(failures(outcomes)[0]).toMatchObject({
        code: 'OPENSEARCH_DOCUMENT_REFUSED',
        retryable: false,
        message: expect.stringContaining('mapper_parsing_exception'),
      })
      expect(await scratch.held()).toEqual(['a@1', 'c@1'])
    })

    test('is not made up where a document is no JSON: the neighbours are in, and that one is rejected', async () => {
      const scratch = await latest()
      const sink = await open(scratch.config())
      const bad: PostureFinding = { ...sampleFinding('b'), bytes: Buffer.from('{"a": 1,}') }
      const outcomes = await sink.deliver([sampleFinding('a'), bad, sampleFinding('c')], signal)
      expect(failures(outcomes)).toMatchObject([{ code: 'OPENSEARCH_DOCUMENT_REFUSED', retryable: false }])
      expect(await scratch.held()).toEqual(['a@1', 'c@1'])
    })
  })

  describe('a check', () => {
    const configuration = (code: string, message: string) => ({
      code,
      fault: 'configuration',
      message: expect.stringContaining(message),
    })
    const checked = async (config: ReturnType<ScratchOpenSearch['config']>): Promise<unknown> =>
      await (await open(config)).check(signal).catch((error: unknown) => error)

    test('is content with what install made, and says what install would make', async () => {
      const scratch = new ScratchOpenSearch(url)
      const config = scratch.config(historyOf(scratch))
      const missing = configuration('OPENSEARCH_INDEX_MISSING', 'run: posture-stream opensearch install')
      expect(await checked(config)).toMatchObject(missing)
      await scratch.install()
      expect(await checked(scratch.config())).toBeUndefined()
      expect(await checked(config)).toMatchObject(missing)
      await scratch.install({ history: true })
      expect(await checked(config)).toBeUndefined()
    })

    test('refuses an index in place of the alias, an alias of several, and one that lets nobody write', async () => {
      const scratch = await latest()
      const { index } = scratch
      const unfit = (message: string) => configuration('OPENSEARCH_INDEX_UNFIT', message)
      await scratch.ask('PUT', `/${index}-0-other`)
      expect(await checked(scratch.config({ index: `${index}-0-other` }))).toMatchObject(unfit('is not the alias'))
      const alias = async (of: string, more: object = {}): Promise<unknown> =>
        await scratch.ask('POST', '/_aliases', { actions: [{ add: { index: of, alias: index, ...more } }] })
      await alias(`${index}-0-other`)
      expect(await checked(scratch.config())).toMatchObject(unfit('points to 2 indices'))
      await scratch.ask('DELETE', `/${index}-0-other`)
      await alias(`${index}-000001`, { is_write_index: false })
      expect(await checked(scratch.config())).toMatchObject(unfit('lets nobody write'))
    })

    test('refuses an index that install did not make, and warns once of one that an older version made', async () => {
      const scratch = new ScratchOpenSearch(url)
      const { index } = scratch
      await scratch.ask('PUT', `/${index}-000001`, { aliases: { [index]: {} } })
      expect(await checked(scratch.config())).toMatchObject(
        configuration('OPENSEARCH_INDEX_UNFIT', 'was not made by "posture-stream opensearch install"'),
      )
      const mark = { managed_by: 'posture-stream', version: 0 }
      await scratch.ask('PUT', `/${index}/_mapping`, { _meta: mark })
      const lines: LogLine[] = []
      const sink = await open(scratch.config(), lines)
      await sink.check(signal)
      await sink.check(signal)
      expect(lines).toEqual([{ level: 'warn', message: expect.stringContaining('older mapping') }])
    })

    test('comes before the first delivery, so that nothing is ever created by accident', async () => {
      const scratch = await latest()
      const sink = await open(scratch.config(historyOf(scratch)))
      await expect(sink.deliver([sampleFinding('a')], signal)).rejects.toMatchObject({ fault: 'configuration' })
      expect(await scratch.held()).toEqual([])
      await expect(scratch.ask('GET', `/${scratch.dataStream}`)).rejects.toThrow('404')
    })
  })
})
