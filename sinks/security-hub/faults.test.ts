import { describe, expect, test } from 'vitest'
import { sampleFinding } from '../sample-findings.ts'
import { ACCOUNT, held, newHub, openHub, OTHER_ACCOUNT, pump, REGION, send } from './sample-hub.ts'
import type { HubFault } from '../../test/servers/security-hub/options.ts'

const signal = new AbortController().signal
const HTML = '<html><body><h1>Service unavailable</h1></body></html>'
const IMPORT = { operation: 'BatchImportFindings' } as const

interface Row {
  readonly what: string
  readonly fault: HubFault
  readonly code: string
  readonly whose: 'configuration' | 'outage' | undefined
}

const rows: Row[] = [
  { what: '429', fault: { exception: 'TooManyRequestsException' }, code: 'SECURITY_HUB_THROTTLED', whose: 'outage' },
  { what: '500', fault: { exception: 'InternalException' }, code: 'SECURITY_HUB_UNAVAILABLE', whose: 'outage' },
  {
    what: '503 as a web page',
    fault: { status: 503, html: HTML },
    code: 'SECURITY_HUB_UNAVAILABLE',
    whose: 'outage',
  },
  {
    what: '429 as a web page',
    fault: { status: 429, html: HTML },
    code: 'SECURITY_HUB_THROTTLED',
    whose: 'outage',
  },
  {
    what: '403 as a web page',
    fault: { status: 403, html: HTML },
    code: 'SECURITY_HUB_FORBIDDEN',
    whose: 'configuration',
  },
  {
    what: '200 as a web page',
    fault: { status: 200, html: HTML },
    code: 'SECURITY_HUB_NOT_ANSWERED',
    whose: 'configuration',
  },
  {
    what: 'credentials that nobody knows',
    fault: { exception: 'UnrecognizedClientException' },
    code: 'SECURITY_HUB_UNAUTHENTICATED',
    whose: 'configuration',
  },
  {
    what: 'a permission that is missing',
    fault: { exception: 'AccessDeniedException' },
    code: 'SECURITY_HUB_FORBIDDEN',
    whose: 'configuration',
  },
  {
    what: 'a connection that is cut',
    fault: { hangUp: true },
    code: 'SECURITY_HUB_CONNECTION_BROKEN',
    whose: undefined,
  },
]

describe('while there is', () => {
  test.each(rows)(
    '$what, findings wait, and come when it is over',
    async ({ fault, code, whose }) => {
      const server = await newHub()
      const sink = await openHub(server)
      const findings = ['a', 'b', 'c'].map((key) => sampleFinding(key))
      server.next(1, fault, IMPORT)
      await expect(send(sink, ...findings)).rejects.toMatchObject({ code, fault: whose })
      server.next(2, fault, IMPORT)
      expect(await pump(sink, findings)).toEqual([])
      expect(held(server)).toEqual(['a@1', 'b@1', 'c@1'])
    },
    20_000,
  )

  test('no answer, findings wait, and what was taken all the same is there once', async () => {
    const server = await newHub()
    const sink = await openHub(server, { requestTimeoutMs: 100 })
    await sink.check(signal)
    server.latency(400, 'BatchImportFindings')
    await expect(send(sink, sampleFinding('a'))).rejects.toMatchObject({
      code: 'SECURITY_HUB_TIMEOUT',
      fault: 'outage',
    })
    server.latency(0, 'BatchImportFindings')
    expect(await send(sink, sampleFinding('a'))).toEqual(['delivered'])
    expect(held(server)).toEqual(['a@1'])
  })

  test('no server, findings wait', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    await server.stop()
    await expect(send(sink, sampleFinding('a'))).rejects.toMatchObject({
      code: 'SECURITY_HUB_UNREACHABLE',
      fault: 'outage',
    })
    await server.startAgain()
    expect(await send(sink, sampleFinding('a'))).toEqual(['delivered'])
  })

  test('no Security Hub, findings wait: it is no fault of theirs', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    server.disable({ region: REGION })
    await expect(sink.check(signal)).rejects.toMatchObject({ code: 'SECURITY_HUB_NOT_ENABLED', fault: 'configuration' })
    server.enable()
    await sink.check(signal)
    server.disable({ region: REGION })
    // Once it is known to be there, each finding fails for itself.
    expect(await send(sink, sampleFinding('a'))).toEqual(['SECURITY_HUB_INVALID_ACCESS'])
    const delivery = pump(sink, [sampleFinding('a')], 1)
    setTimeout(() => server.enable(), 100)
    expect(await delivery).toEqual([])
    expect(held(server)).toEqual(['a@1'])
  })
})

describe('credentials of a role', () => {
  const roleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/posture-stream`
  const accounts = [{ id: ACCOUNT }, { id: OTHER_ACCOUNT }]
  const finding = sampleFinding('a', 1, { account: OTHER_ACCOUNT })

  test('that have ended are renewed', async () => {
    const server = await newHub({ accounts, roles: [{ arn: roleArn }] })
    const destinations = [{ account: OTHER_ACCOUNT, regions: [REGION], roleArn }]
    const sink = await openHub(server, { destinations })
    await sink.check(signal)
    server.expireCredentials()
    await expect(send(sink, finding)).rejects.toMatchObject({
      code: 'SECURITY_HUB_CREDENTIALS_EXPIRED',
      fault: 'outage',
    })
    expect(await send(sink, finding)).toEqual(['delivered'])
  })

  test('that nobody gives are told with the remedy', async () => {
    const server = await newHub({ accounts, roles: [{ arn: roleArn, externalId: 'right' }] })
    const destinations = [{ account: OTHER_ACCOUNT, regions: [REGION], roleArn, externalId: 'wrong' }]
    const sink = await openHub(server, { destinations })
    await expect(sink.check(signal)).rejects.toMatchObject({
      code: 'SECURITY_HUB_NO_CREDENTIALS',
      fault: 'configuration',
      message: expect.stringContaining('externalId'),
    })
  })
})
