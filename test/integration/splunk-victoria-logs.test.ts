import { expect, test } from 'vitest'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { ACK_TOKEN, newHec, newProxy, openSplunk, TOKEN } from '../../sinks/splunk/sample-splunk.ts'
import { sharedVictoriaLogs } from '../servers/victoria-logs/shared-victoria-logs.ts'
import type { LogStore } from '../servers/victoria-logs/log-store.ts'

const COUNT = 2000
const findings = Array.from({ length: COUNT }, (_, i) =>
  sampleFinding(`finding-${i % 700}`, Math.floor(i / 700) + 1, {
    title: `Zeile "${i}" \\ é \u{1F511}`,
    priority: i % 5 === 0 ? 'P1' : 'P3',
    account: `11112222${String(i % 9).padStart(4, '0')}`,
  }),
)

interface Held {
  readonly ids: readonly string[]
  /** By `key@revision`, the finding's title as the store gives it back. */
  readonly titles: ReadonlyMap<string, string>
}

async function heldBy(store: LogStore, source: string): Promise<Held> {
  const rows = await store.query(`source:=${JSON.stringify(source)} | limit ${COUNT * 10}`)
  const idOf = (row: Readonly<Record<string, string>>): string =>
    `${row['fields.finding_key']}@${row['fields.revision']}`
  return {
    ids: rows.map((row) => idOf(row)),
    titles: new Map(rows.map((row) => [idOf(row), row['event.finding_info.title'] ?? ''])),
  }
}

const sent = findings.map(({ key, revision }) => `${key}@${revision}`).toSorted()

test('a store that takes HEC gives every event back by query, as it was sent', async (context) => {
  const store = await sharedVictoriaLogs(context)
  const source = `posture-${process.pid}-plain`
  const sink = await openSplunk([store.url], { source })
  await sink.check(context.signal)
  expect(await sink.pump(findings, context.signal)).toEqual([])
  const { ids, titles } = await heldBy(store, source)
  expect(ids.toSorted()).toEqual(sent)
  for (const { key, revision, event } of findings)
    expect(titles.get(`${key}@${revision}`)).toBe((event['finding_info'] as { title: string }).title)
  const [first] = await store.query(
    `source:=${JSON.stringify(source)} "fields.finding_key":="finding-5" | sort by (_time) | limit 1`,
  )
  expect(first).toMatchObject({
    host: '111122220005',
    sourcetype: 'ocsf:finding',
    'fields.priority': 'P1',
    'fields.state': 'open',
  })
  expect(first?.['_time']).toBe(
    new Date(sampleFinding('', 1).event['time'] as number).toISOString().replace('.000', ''),
  )
})

test.for([
  ['without acknowledgements', TOKEN],
  ['with acknowledgements', ACK_TOKEN],
] as const)('every event arrives through a HEC that fails again and again, %s', async ([, token], context) => {
  const store = await sharedVictoriaLogs(context)
  const source = `posture-${process.pid}-${token}`
  const server = await newHec({ forwardTo: store.hec, ackDelayMs: 20 })
  const proxy = await newProxy(server.url)
  const acks = token === ACK_TOKEN ? { acknowledge: { deadlineMs: 500, pollMs: 5 } } : {}
  const sink = await openSplunk([proxy.url], { token, source, maxBatchBytes: 50_000, requestTimeoutMs: 500, ...acks })
  const events = { path: '/event', times: 1 }
  const pumping = Promise.all(
    [0, 1, 2, 3].map((part) =>
      sink.pump(
        findings.filter((_, i) => i % 4 === part),
        context.signal,
      ),
    ),
  )
  for (let round = 0; round < 6; round += 1) {
    server.busy(1)
    server.next(1, 8)
    server.next(1, 24)
    if (token === ACK_TOKEN) server.lose(1)
    proxy.answer(502, { ...events, body: '<html>Bad Gateway</html>' })
    proxy.resetRequest(events)
    proxy.resetAnswer(events)
    proxy.stall({ ...events, passed: true })
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  expect((await pumping).flat()).toEqual([])
  const { ids } = await heldBy(store, source)
  // Whose answer was lost may be there twice; the shipped search shows each once.
  expect([...new Set(ids)].toSorted()).toEqual(sent)
  expect(proxy.requests().filter(({ fate }) => fate !== 'passed').length).toBeGreaterThan(10)
})
