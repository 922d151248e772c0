import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findingHeaders } from '../../schemas/records.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { findingsTemplate } from '../../sinks/opensearch/template/template.ts'
import type { OutgoingRecord, Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { Worker } from '../faults/worker.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { HecServer } from '../servers/hec/hec-server.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { openSearchAvailability } from '../servers/opensearch/available.ts'
import { OpenSearchNode } from '../servers/opensearch/node.ts'

const FINDINGS = 180_000
const A_SECOND = 1500
const AT_ONCE = 500
const INDEX = 'posture-findings'
const TOKEN = 'c0ffee00-0000-4000-8000-000000000005'
const DRAIN_MS = 900_000

test('180,000 findings queue behind a stopped OpenSearch while Splunk goes on', async (context) => {
  const brokers = await sharedBrokers(context)
  const availability = openSearchAvailability('2.19.6')
  if (availability.from !== 'here') context.skip('needs Java and Maven, to stop and start an OpenSearch of its own')
  const kafka = await ScratchKafka.create({ brokers, partitions: 3 })
  const stream = await kafka.open()
  onTestFinished(() => stream.close())
  const indexed = new Map<string, number>()
  const hec = await HecServer.start({
    tokens: [{ token: TOKEN }],
    take: ({ envelope }) => {
      const key = String(envelope.fields?.['finding_key'])
      indexed.set(key, (indexed.get(key) ?? 0) + 1)
    },
  })
  onTestFinished(() => hec.stop())
  const node = await OpenSearchNode.start()
  onTestFinished(() => node.stop())
  await put(`${node.url}/_index_template/${INDEX}`, findingsTemplate(INDEX))
  await put(`${node.url}/${INDEX}-000001`, { aliases: { [INDEX]: { is_write_index: true } } })
  const sinks = startSinks(kafka, node, hec)
  const lag = (sink: string) => stream.lag(topics.findings.name, `sink.${sink}`)

  await publish(stream, 0, 1000)
  await vi.waitFor(async () => expect([await lag('search'), await lag('siem')]).toEqual([0, 0]), {
    timeout: 60_000,
    interval: 250,
  })
  await node.kill()
  const lags: number[] = []
  const publishing = publish(stream, 1000, FINDINGS)
  for (let done = false; !done; done = await Promise.race([publishing.then(() => true), sleep(250).then(() => false)]))
    lags.push(await lag('siem'))
  await vi.waitFor(async () => expect(await lag('siem')).toBe(0), { timeout: 30_000, interval: 100 })
  const queued = await lag('search')
  const sorted = lags.toSorted((a, b) => a - b)
  expect(queued).toBeGreaterThanOrEqual(FINDINGS - 1000)
  expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(A_SECOND * 2)

  await node.restart()
  const began = performance.now()
  await vi.waitFor(async () => expect(await lag('search')).toBe(0), { timeout: DRAIN_MS, interval: 500 })
  const seconds = (performance.now() - began) / 1000
  await fetch(`${node.url}/${INDEX}/_refresh`, { method: 'POST' })
  const { count } = (await (await fetch(`${node.url}/${INDEX}/_count`)).json()) as { count: number }
  const said = sinks.said().map(({ level, msg }) => `  ${level}: ${msg}`)
  console.log(
    `${FINDINGS} findings; Splunk's lag over ${lags.length} looks: median ${sorted[Math.floor(sorted.length / 2)]}, most ` +
      `${sorted.at(-1)}; behind OpenSearch ${queued}, delivered in ${seconds.toFixed(1)} s ` +
      `(${Math.round(queued / seconds)} a second); ${count} documents, ${indexed.size} findings in Splunk, ` +
      `${[...indexed.values()].filter((times) => times > 1).length} of them twice; it said:\n${said.join('\n')}`,
  )
  expect(count).toBe(FINDINGS)
  expect(indexed.size).toBe(FINDINGS)
  const deadLetters = await stream.ends(topics.deadLetters.name)
  expect([...deadLetters.values()].every((end) => end === 0n)).toBe(true)
})

function startSinks({ yaml }: ScratchKafka, { url }: OpenSearchNode, hec: HecServer): Worker {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-queued-'))
  const config = join(directory, 'pipeline.yaml')
  const delivery = { initialBackoffMs: 200, maxBackoffMs: 5000 }
  const search = { type: 'opensearch', nodes: [url], index: INDEX, delivery }
  const siem = { type: 'splunk', endpoints: [hec.url], token: TOKEN, delivery }
  writeFileSync(config, `tenant: acme\n${yaml}\nsinks: ${JSON.stringify({ search, siem })}\n`)
  const worker = new Worker({ name: 'sinks', stage: 'sinks', config, logs: join(directory, 'logs') })
  onTestFinished(async () => {
    await worker.stop()
    rmSync(directory, { recursive: true })
  })
  worker.start()
  return worker
}

/** Findings from one number to another, each once, at a steady rate. */
async function publish(stream: Stream, from: number, to: number): Promise<void> {
  const began = performance.now()
  for (let next = from; next < to; next += AT_ONCE) {
    await stream.publish(
      topics.findings.name,
      Array.from({ length: AT_ONCE }, (_, index) => record(next + index)),
    )
    const due = began + ((next + AT_ONCE - from) / A_SECOND) * 1000
    await sleep(Math.max(0, due - performance.now()))
  }
}

function record(number: number): OutgoingRecord {
  const finding = sampleFinding(`finding-${number}`)
  return { key: finding.key, value: finding.bytes, headers: findingHeaders(finding, Date.now()) }
}

async function put(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })
  expect(answer.status, await answer.text()).toBe(200)
}
