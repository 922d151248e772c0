import { describe, expect, test } from 'vitest'
import { OCSF_PROFILES, OCSF_VERSION, validateOcsf } from '../../schemas/ocsf/validator.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'
import { shorten } from './shorten.ts'
import { copies, findings, newHec, openSplunk } from './sample-splunk.ts'

const RUNGS = [
  'unmapped.source',
  'resources.data',
  'enrichments.data',
  'texts over 1024 characters',
  'lists over 100 entries',
  'texts over 256 characters',
  'lists over 10 entries',
]
const ARN = `arn:aws:s3:::${'long-name-'.repeat(150)}`

/** A finding of OCSF with much on every rung of the ladder. */
function large(key = 'a', size = 3000): PostureFinding {
  const sample = sampleFinding(key)
  const text = 'wörter \u{1F511} '.repeat(size / 10)
  const event = {
    ...sample.event,
    class_name: 'Compliance Finding',
    time_dt: '2025-11-24T16:00:01.000Z',
    metadata: { version: OCSF_VERSION, profiles: [...OCSF_PROFILES], product: { name: 'Prowler' }, sequence: 1 },
    compliance: {
      control: 's3-1',
      status_id: 3,
      status: 'Fail',
      requirements: Array.from({ length: 300 }, (_, i) => `R${i}`),
    },
    cloud: { provider: 'aws', account: { uid: '111122223333', type_id: 10 } },
    resources: [
      { uid: ARN, role_id: 1, data: { policy: text } },
      ...Array.from({ length: 150 }, (_, i) => ({ uid: `arn:${i}`, role_id: 4 })),
    ],
    enrichments: [
      { name: 'finding_info.uid', value: key, type: 'priority', data: { band: 'P1' } },
      { name: 'finding_info.uid', value: key, type: 'remediation', data: { steps: text } },
    ],
    message: text,
    finding_info: { uid: key, title: 'x'.repeat(600), desc: text },
    unmapped: { state: 'open', source: { raw: text } },
  }
  return { ...sample, event, bytes: Buffer.from(JSON.stringify(event)) }
}

interface Read {
  readonly metadata: { readonly is_truncated: boolean; readonly untruncated_size: number }
  readonly unmapped: { readonly left_out: readonly string[]; readonly state?: string }
  readonly [attribute: string]: unknown
}

function ladder(finding: PostureFinding): { rung: number; bytes: number; event: Read }[] {
  const rungs = []
  for (let shorter = shorten(finding, 0); shorter; shorter = shorten(finding, shorter.rung))
    rungs.push({ rung: shorter.rung, bytes: shorter.bytes.length, event: JSON.parse(shorter.bytes.toString()) as Read })
  return rungs
}

describe('the ladder', () => {
  test('leaves more out with every rung, and the event stays valid OCSF', () => {
    const finding = large()
    expect(validateOcsf(finding.event)).toEqual([])
    const rungs = ladder(finding)
    expect(rungs.map(({ event }) => event.unmapped.left_out)).toEqual(RUNGS.map((_, i) => RUNGS.slice(0, i + 1)))
    for (const [i, { event, bytes }] of rungs.entries()) {
      expect(validateOcsf(event), RUNGS[i]).toEqual([])
      expect(bytes).toBeLessThan(rungs[i - 1]?.bytes ?? finding.bytes.length)
    }
    expect(rungs.at(-1)!.bytes).toBeLessThan(8000)
  })

  test('says in the event that something was left out, and how large it was in kilobytes', () => {
    const finding = large()
    const { event } = ladder(finding)[0]!
    expect(event.metadata).toMatchObject({
      is_truncated: true,
      untruncated_size: Math.ceil(finding.bytes.length / 1024),
      sequence: 1,
    })
    expect(event.unmapped.state).toBe('open')
  })

  test('keeps the greater size of what was shortened before', () => {
    const finding = large()
    const metadata = { ...(finding.event['metadata'] as object), is_truncated: true, untruncated_size: 5000 }
    expect(ladder({ ...finding, event: { ...finding.event, metadata } })[0]!.event.metadata.untruncated_size).toBe(5000)
  })

  test('never cuts what identifies the finding or tells a time, nor small data of an enrichment', () => {
    const { event } = ladder(large()).at(-1)!
    expect((event['resources'] as { uid: string }[])[0]!.uid).toBe(ARN)
    expect(event['time_dt']).toBe('2025-11-24T16:00:01.000Z')
    expect((event['enrichments'] as { data: unknown }[]).map(({ data }) => data)).toEqual([{ band: 'P1' }, {}])
  })

  test('cuts texts at whole characters', () => {
    for (const size of [2040, 2050, 2060, 2070, 2080]) {
      const message = 'a'.repeat(size % 7) + '\u{1F511}'.repeat(size)
      const cut = ladder(sampleFinding('a', 1, { message }))[0]!.event['message'] as string
      expect(cut.isWellFormed()).toBe(true)
      expect(cut).toMatch(/^a*\u{1F511}+…$/u)
      expect(cut.length).toBeLessThanOrEqual(1024)
    }
  })

  test('has no rung where nothing can be left out', () => {
    expect(ladder(sampleFinding('a'))).toEqual([])
  })

  test('changes nothing of the finding itself', () => {
    const finding = large()
    ladder(finding)
    expect(Buffer.from(JSON.stringify(finding.event)).equals(finding.bytes)).toBe(true)
  })
})

describe('a finding that is too large', () => {
  test('for maxEventBytes is sent as far down the ladder as it must be, and the log says it once', async () => {
    const server = await newHec()
    const sink = await openSplunk([server.url], { maxEventBytes: 20_000 })
    expect(await sink.send(large('a', 10_000), large('b', 10_000))).toEqual(['delivered', 'delivered'])
    const events = server.events().map(({ envelope }) => envelope.event as Read)
    expect(events.map(({ unmapped }) => unmapped.left_out.at(-1))).toEqual([RUNGS[3], RUNGS[3]])
    expect(events.flatMap((event) => validateOcsf(event))).toEqual([])
    expect(sink.told.map(({ what }) => what)).toEqual([expect.stringContaining('warn Findings that are too large')])
  })

  test('for the server (413) goes down until it is taken', async () => {
    const server = await newHec({ maxContentLength: 20_000 })
    const sink = await openSplunk([server.url])
    expect(await sink.send(...findings('x', 'y'), large('a', 10_000), ...findings('z'))).toEqual(
      Array(4).fill('delivered'),
    )
    expect(copies(server).toSorted()).toEqual(['a@1', 'x@1', 'y@1', 'z@1'])
  })

  test('for Splunk Cloud, which calls it malformed, goes down as well', async () => {
    const server = await newHec({ maxContentLength: 300_000, cloud: true })
    const sink = await openSplunk([server.url])
    const batch = [...findings('x', 'y'), large('a', 200_000), ...findings('z')]
    expect(await sink.send(...batch)).toEqual(Array(4).fill('delivered'))
    expect(new Set(copies(server))).toEqual(new Set(['a@1', 'x@1', 'y@1', 'z@1']))
  })

  test('after all was left out is rejected, with its size, and costs no other', async () => {
    const server = await newHec({ maxContentLength: 2500 })
    const sink = await openSplunk([server.url])
    const rejections = await sink.pump([...findings('x'), large('a'), ...findings('y')])
    expect(rejections).toMatchObject([
      {
        attempts: 1,
        error: { code: 'SPLUNK_EVENT_TOO_LARGE', message: expect.stringContaining(`${large('a').bytes.length} bytes`) },
      },
    ])
    expect(copies(server).toSorted()).toEqual(['x@1', 'y@1'])
  })
})

describe('a request that is too large', () => {
  test('is split until the server takes it, and the next ones keep to what it took', async () => {
    const server = await newHec({ maxContentLength: 30_000 })
    const sink = await openSplunk([server.url])
    const keys = (from: string) => Array.from({ length: 50 }, (_, i) => `${from}${i}`)
    expect(await sink.pump(findings(...keys('a')))).toEqual([])
    const before = server.requests().length
    expect(server.requests().some(({ status }) => status === 413)).toBe(true)
    expect(await sink.pump(findings(...keys('b')))).toEqual([])
    expect(
      server
        .requests()
        .slice(before)
        .every(({ status }) => status === 200),
    ).toBe(true)
    expect(copies(server)).toEqual([...keys('a'), ...keys('b')].map((key) => `${key}@1`))
    expect(sink.told.map(({ what }) => what)).toEqual([expect.stringContaining('smaller requests than maxBatchBytes')])
  })
})
