import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { HecServer } from '../hec/hec-server.ts'
import { whyNoVictoriaLogs } from './available.ts'
import { VictoriaLogs } from './victoria-logs.ts'

/** The first of them on a machine builds it. */
const timeout = 900_000

async function started({ skip }: TestContext): Promise<VictoriaLogs> {
  const why = whyNoVictoriaLogs()
  if (why !== undefined) return skip(why)
  const server = await VictoriaLogs.start()
  onTestFinished(() => server.stop())
  return server
}

function post(url: string, events: readonly object[]): Promise<Response> {
  const body = events.map((event) => JSON.stringify(event)).join('')
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Splunk good' },
    body,
  })
}

test(
  'what was answered is found at once, with the time and the fields that it came with',
  { timeout },
  async (context) => {
    const server = await started(context)
    const event = { finding_info: { uid: 'one' }, severity_id: 4 }
    const envelope = { event, time: 1790000000.123, source: 'posture-stream', fields: { revision: 3 } }
    expect((await post(server.hec, [envelope, { ...envelope, time: 946684800 }])).status).toBe(200)
    const rows = await server.query('source:posture-stream | sort by (_time)')
    expect(rows.map(({ _time }) => _time)).toEqual(['2000-01-01T00:00:00Z', '2026-09-21T14:13:20.123Z'])
    expect(rows[1]).toMatchObject({ 'event.finding_info.uid': 'one', 'event.severity_id': '4', 'fields.revision': '3' })
  },
)

test('an event of a megabyte, and one of a thousand and some fields, are kept', { timeout }, async (context) => {
  const server = await started(context)
  const wide = Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`key${n}`, n]))
  await post(server.hec, [
    { event: { text: 'x'.repeat(1_000_000) }, source: 'large' },
    { event: wide, source: 'wide' },
  ])
  expect(await server.query('* | stats by (source) count() as n | sort by (source)')).toEqual([
    { source: 'large', n: '1' },
    { source: 'wide', n: '1' },
  ])
})

test('a query that is none fails with what the server says', { timeout }, async (context) => {
  const server = await started(context)
  await expect(server.query('* | nonsense(')).rejects.toThrow(/answered 400 .*nonsense/)
})

test('comes back at the same address after it was killed', { timeout }, async (context) => {
  const server = await started(context)
  await server.kill()
  await expect(server.query('*')).rejects.toThrow()
  await server.startAgain()
  expect(await server.query('*')).toEqual([])
})

test('the HEC stand-in hands on to it what it has indexed', { timeout }, async (context) => {
  const server = await started(context)
  const hec = await HecServer.start({ tokens: [{ token: 'good' }], forwardTo: server.hec })
  onTestFinished(() => hec.stop())
  const response = await post(`${hec.url}/services/collector/event`, [{ event: 'a' }, { event: 'b' }, { event: '' }])
  expect(await response.json()).toMatchObject({ code: 13, 'invalid-event-number': 2 })
  expect(await server.query('* | fields _msg | sort by (_msg)')).toEqual([{ _msg: 'a' }, { _msg: 'b' }])
})
