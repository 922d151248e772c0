import { appendFileSync, openSync, readSync, closeSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { topics } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchOpenSearch } from '../scratch-opensearch.ts'
import { ended, ScratchPipeline } from '../scratch-pipeline.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'
import { OtlpServer } from '../servers/otlp/otlp-server.ts'
import type { ReceivedSpan } from '../servers/otlp/received-span.ts'

const TOKEN = 'Bearer of-the-traces'

interface Document {
  readonly finding_info: { readonly uid: string; readonly uid_alt: string }
  readonly metadata: { readonly sequence: number }
}

/** The span and those above it, the root first. */
function upwards(span: ReceivedSpan, all: ReadonlyMap<string, ReceivedSpan>): ReceivedSpan[] {
  const parent = all.get(span.parentSpanId)
  return [...(parent === undefined ? [] : upwards(parent, all)), span]
}

/** What stands in a file from a byte on. */
function textAt(origin: string, length: number): string {
  const [path = '', offset] = origin.split('#')
  const bytes = Buffer.alloc(length)
  const file = openSync(path, 'r')
  const read = readSync(file, bytes, 0, length, Number(offset))
  closeSync(file)
  return bytes.subarray(0, read).toString()
}

test('one trace id is followed from a byte of a report to a document in OpenSearch, through two processes', async (context) => {
  const [brokers, url] = [await sharedBrokers(context), await sharedOpenSearch(context, '3.6.0')]
  const kafka = await ScratchKafka.create({ brokers })
  const openSearch = await new ScratchOpenSearch(url).install()
  const otlp = await new OtlpServer({ authorization: TOKEN }).start()
  onTestFinished(() => otlp.stop())
  const pipeline = new ScratchPipeline(kafka, [
    `siem: { type: opensearch, nodes: ["${url}"], index: ${openSearch.index} }`,
  ])
  onTestFinished(() => pipeline.remove())
  pipeline.environment = { OTLP_TOKEN: TOKEN }
  const headers = '{ authorization: "${OTLP_TOKEN}" }'
  appendFileSync(pipeline.config, `tracing: { endpoint: "${otlp.endpoint}", headers: ${headers}, sampleRatio: 1 }\n`)
  pipeline.addSample('scan-1/prowler.ocsf.json')
  for (const stages of ['collectors', 'enrichment,sinks']) {
    const { code, stderr } = await ended(pipeline.start('--only', stages))
    expect(stderr).not.toMatch(/[Tt]races/)
    expect(code).toBe(0)
  }

  const documents = (await openSearch.documents()).map(({ event }) => event as unknown as Document)
  expect(documents).toHaveLength(187)
  expect(new Set(otlp.answered)).toEqual(new Set([200]))
  const spans = new Map(otlp.spans.map((span) => [span.spanId, span]))
  expect(new Set(otlp.spans.map(({ resource }) => resource['service.instance.id'])).size).toBe(2)

  const delivered = otlp.spans.filter(({ attributes }) => attributes['posture.sink'] === 'siem')
  for (const { finding_info, metadata } of documents) {
    const span = delivered.find(
      ({ attributes, kind }) => kind === 'consumer' && attributes['posture.finding.key'] === finding_info.uid_alt,
    )!
    expect(span.attributes).toMatchObject({
      'posture.outcome': 'delivered',
      'posture.finding.revision': metadata.sequence,
      'messaging.system.name': 'kafka',
      'messaging.consumer.group.name': 'sink.siem',
    })
    const way = upwards(span, spans)
    expect(way.map(({ name }) => name)).toEqual([
      'collect scanner',
      `send ${kafka.physical(topics.events.name)}`,
      `process ${kafka.physical(topics.events.name)}`,
      `send ${kafka.physical(topics.findings.name)}`,
      `deliver ${kafka.physical(topics.findings.name)}`,
    ])
    expect(new Set(way.map(({ traceId }) => traceId)).size).toBe(1)
    expect(way.every(({ error }) => error === undefined)).toBe(true)
    const record = textAt(String(way[0]!.attributes['posture.source.origin']), 20_000)
    expect(record).toMatch(/^\s*\{/)
    expect(record).toContain(finding_info.uid)
  }
})
