import { describe, expect, test } from 'vitest'
import type { SecurityHubServer } from '../../test/servers/security-hub/security-hub-server.ts'
import { HOME, HubBench, keysOf, sampleFindings, startHub, ACCOUNT, sampleFinding } from './sample-hub.ts'

const OTHER = '444455556666'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`
const OTHER_ROLE = `arn:aws:iam::${OTHER}:role/reader`

/** A finding is reported anew. */
function change(server: SecurityHubServer, n: number): void {
  const { Id } = sampleFinding(n)
  server.remove(Id)
  server.seed([sampleFinding(n, { at: Date.now() + 5000 })])
}

function windowOf(input: Readonly<Record<string, unknown>>) {
  return (input['Filters'] as { UpdatedAt: { Start: string; End: string }[] }).UpdatedAt
}

describe('tokens', () => {
  test('one that is refused begins the window anew at the last finding read; nothing is lost', async () => {
    const server = await startHub()
    server.seed(sampleFindings(450))
    const bench = new HubBench(server, { regions: [HOME] })
    const collector = await bench.open()
    let pages = 0
    const found = new Set<string>()
    for await (const { events } of collector.collect(undefined, new AbortController().signal)) {
      for (const event of events) if (event.type === 'finding.observed') found.add(event.key)
      if (++pages === 2 || pages === 4) server.expireTokens()
    }
    expect(found.size).toBe(450)
    // 5 pages, 2 refusals, and no page of the beginning again.
    expect(server.calls('GetFindings').length).toBeLessThanOrEqual(8)
    expect(bench.logged.filter(({ message }) => /refused/.test(message))).toHaveLength(2)
  })

  test('one that repeats is noticed; the scan is complete and counts every finding once', async () => {
    const server = await startHub()
    server.seed(sampleFindings(450))
    server.repeatToken(2)
    const swept = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(swept.error).toBeUndefined()
    expect(keysOf(swept).size).toBe(450)
    expect(swept.completed).toMatchObject([{ outcome: 'complete', findings: 450 }])
  })

  test('is refused in a hub where findings change meanwhile: the sweep still goes on where it was', async () => {
    const server = await startHub()
    server.seed(sampleFindings(450))
    const bench = new HubBench(server, { regions: [HOME] })
    const collector = await bench.open()
    const found = new Set<string | undefined>()
    let pages = 0
    for await (const { events } of collector.collect(undefined, new AbortController().signal)) {
      for (const event of events) if (event.type === 'finding.observed') found.add(event.source.uid)
      pages += 1
      // One that has been read, and one that is about to be.
      if (pages === 1) for (const n of [50, 150]) change(server, n)
      if (pages === 3) server.expireTokens()
    }
    expect(found.size).toBe(450)
    const from = server.calls('GetFindings').map(({ input }) => windowOf(input)[0]?.Start)
    expect(from.at(-1)).not.toBe(from[0])
  })

  test('that repeat for ever end the sweep as failed', async () => {
    const server = await startHub()
    server.seed(Array.from({ length: 250 }, (_, n) => ({ ...sampleFinding(n), UpdatedAt: '2026-11-20T00:00:00.000Z' })))
    server.repeatToken(1000)
    const swept = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(swept.error).toMatchObject({ code: 'SECURITY_HUB_TOKENS' })
    expect(swept.completed).toMatchObject([{ outcome: 'failed' }])
    expect(server.calls('GetFindings').length).toBeLessThan(20)
  })
})

describe('a restart in the middle', () => {
  test('of the process goes on at the page; since that scan is partial, everything is read once more', async () => {
    const server = await startHub()
    server.seed(sampleFindings(450))
    const bench = new HubBench(server, { regions: [HOME] })
    const first = await bench.sweep(undefined, { batches: 2 })
    const calls = server.calls('GetFindings').length
    const second = await bench.sweep(first.position)
    const resumed = second.findings.filter(({ scan }) => scan?.uid === first.findings[0]?.scan?.uid)
    expect(new Set([...first.findings, ...resumed].map(({ key }) => key)).size).toBe(450)
    expect(server.calls('GetFindings').length - calls).toBe(3 + 5)
    expect(second.completed).toMatchObject([
      { outcome: 'partial', reason: expect.stringMatching(/restarted/) },
      { outcome: 'complete', findings: 450 },
    ])
  })

  test('of the sweep alone, in the same process, goes on and is complete', async () => {
    const server = await startHub()
    server.seed(sampleFindings(450))
    const bench = new HubBench(server, { regions: [HOME] })
    const collector = await bench.open()
    const first = await bench.sweep(undefined, { collector, batches: 2 })
    const second = await bench.sweep(first.position, { collector })
    expect(second.completed).toMatchObject([{ outcome: 'complete', findings: 450 }])
  })

  test('with a token that has expired meanwhile skips nothing', async () => {
    const server = await startHub()
    server.seed(sampleFindings(450))
    const bench = new HubBench(server, { regions: [HOME] })
    const first = await bench.sweep(undefined, { batches: 3 })
    server.expireTokens()
    const second = await bench.sweep(first.position)
    expect(second.error).toBeUndefined()
    expect(new Set([...keysOf(first), ...keysOf(second)]).size).toBe(450)
  })
})

describe('throttling and outages', () => {
  test('are waited out; the scan is complete', async () => {
    const server = await startHub()
    server.seed(sampleFindings(250))
    server.next(1, { exception: 'TooManyRequestsException', status: 429 }, { operation: 'GetFindings' })
    server.next(1, { status: 503, html: '<html><body>busy</body></html>' }, { operation: 'GetFindings' })
    server.next(1, { hangUp: true }, { operation: 'GetFindings' })
    const swept = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(swept.error).toBeUndefined()
    expect(swept.completed).toMatchObject([{ outcome: 'complete', findings: 250 }])
  })

  test('beyond patience fail the sweep: it closes nothing, and says so', async () => {
    const server = await startHub()
    server.seed(sampleFindings(50))
    const bench = new HubBench(server, { regions: [HOME], patience: '1s' })
    const first = await bench.sweep()
    bench.now += 48 * 3_600_000
    const moving = setInterval(() => (bench.now += 1000), 50)
    server.next(1000, { exception: 'ThrottlingException', status: 429 }, { operation: 'GetFindings' })
    const second = await bench.sweep(first.position)
    clearInterval(moving)
    expect(second.error).toMatchObject({ code: 'AWS_THROTTLED', fault: 'outage' })
    expect(second.completed).toMatchObject([
      { source: { product: 'security-hub' }, outcome: 'failed', reason: expect.stringMatching(/too many calls/) },
    ])
    expect(bench.logged.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      expect.stringMatching(/could not be swept.*closes nothing/),
    ])
    server.behave()
    bench.now += 2 * 3_600_000
    expect((await bench.sweep(second.position)).completed).toMatchObject([{ outcome: 'complete', findings: 50 }])
  })

  test('a page of a proxy names the proxy', async () => {
    const server = await startHub()
    server.next(10, { status: 403, html: '<html><body>Sign in</body></html>' })
    const { error } = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(error).toMatchObject({ code: 'AWS_ANSWER_UNREADABLE', fault: 'configuration' })
  })
})

describe('several accounts and regions', () => {
  const accounts = [{ roleArn: ROLE, externalId: 'ours' }, { roleArn: OTHER_ROLE }]

  async function twoAccounts() {
    const server = await startHub({
      accounts: [{ id: ACCOUNT }, { id: OTHER }],
      roles: [{ arn: ROLE, externalId: 'ours' }, { arn: OTHER_ROLE }],
    })
    server.seed([...sampleFindings(150), ...sampleFindings(20, { account: OTHER })])
    return server
  }

  test('are all read, each as its role', async () => {
    const server = await twoAccounts()
    const { error, completed, findings } = await new HubBench(server, { regions: [HOME], accounts }).sweep()
    expect(error).toBeUndefined()
    expect(findings).toHaveLength(170)
    expect(
      completed.map(({ scope, outcome, findings: count }) => `${scope.account} ${outcome} ${count}`).toSorted(),
    ).toEqual([`${ACCOUNT} complete 150`, `${OTHER} complete 20`])
  })

  test('one that refuses stops no other, and is named', async () => {
    const server = await twoAccounts()
    server.deny('GetFindings', OTHER)
    const bench = new HubBench(server, { regions: [HOME], accounts })
    const { error, completed } = await bench.sweep()
    expect(error).toMatchObject({ code: 'SECURITY_HUB_INCOMPLETE', message: expect.stringContaining(OTHER_ROLE) })
    expect(completed.map(({ scope, outcome }) => `${scope.account} ${outcome}`).toSorted()).toEqual([
      `${ACCOUNT} complete`,
      `${OTHER} failed`,
    ])
  })

  test('one that refuses is told once until it answers again', async () => {
    const server = await twoAccounts()
    const bench = new HubBench(server, { regions: [HOME], accounts })
    const collector = await bench.open()
    let { position } = await bench.sweep(undefined, { collector })
    for (const denied of [true, true, false, true]) {
      if (denied) server.deny('GetFindings', OTHER)
      else server.behave()
      position = (await bench.sweep(position, { collector })).position
    }
    expect(bench.logged.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      expect.stringMatching(/444455556666.*could not be swept.*next sweep/),
      expect.stringMatching(/444455556666/),
    ])
  })

  test('a region without Security Hub fails the scan of its account, and its other regions are read', async () => {
    const server = await startHub()
    server.seed(sampleFindings(3))
    server.disable({ region: 'us-east-1' })
    const { completed, findings, error } = await new HubBench(server, { regions: [HOME, 'us-east-1'] }).sweep()
    expect(findings).toHaveLength(3)
    expect(completed).toMatchObject([{ outcome: 'failed', reason: expect.stringMatching(/us-east-1.*enable/) }])
    expect(error).toMatchObject({ code: 'SECURITY_HUB_INCOMPLETE' })
  })

  test('a wrong external id is a matter of configuration', async () => {
    const server = await twoAccounts()
    const wrong = new HubBench(server, { regions: [HOME], accounts: [{ roleArn: ROLE, externalId: 'theirs' }] })
    expect((await wrong.sweep()).error).toMatchObject({ code: 'AWS_ACCESS_DENIED', fault: 'configuration' })
  })

  test('credentials that expire in the middle are renewed', async () => {
    const server = await twoAccounts()
    const bench = new HubBench(server, { regions: [HOME], accounts })
    const collector = await bench.open()
    const found = new Set<string>()
    let pages = 0
    for await (const { events } of collector.collect(undefined, new AbortController().signal)) {
      for (const event of events) if (event.type === 'finding.observed') found.add(event.key)
      if (++pages === 1) server.expireCredentials()
    }
    expect(found.size).toBe(170)
  })
})

describe('check', () => {
  test('asks without side effects, and is content where findings may be read', async () => {
    const server = await startHub()
    const collector = await new HubBench(server, { regions: [HOME] }).open()
    await collector.check(new AbortController().signal)
    expect(server.calls().map(({ operation, input }) => [operation, input['MaxResults']])).toEqual([
      ['DescribeHub', undefined],
      ['GetFindings', 1],
    ])
  })

  test('names what is not enabled or not granted', async () => {
    const server = await startHub()
    server.disable({ region: 'us-east-1' })
    const collector = await new HubBench(server, { regions: [HOME, 'us-east-1'] }).open()
    await expect(collector.check(new AbortController().signal)).rejects.toThrow(/us-east-1/)
    server.deny('GetFindings')
    const denied = await new HubBench(server, { regions: [HOME] }).open()
    await expect(denied.check(new AbortController().signal)).rejects.toMatchObject({ code: 'AWS_ACCESS_DENIED' })
  })
})

test('a large sweep tells once a minute how far it is', async () => {
  const server = await startHub()
  server.seed(sampleFindings(450))
  const bench = new HubBench(server, { regions: [HOME] })
  const collector = await bench.open()
  for await (const _ of collector.collect(undefined, new AbortController().signal)) bench.now += 61_000
  const told = bench.logged.map(({ message }) => message).filter((each) => /findings on/.test(each))
  expect(told).toHaveLength(4)
  expect(told[0]).toMatch(/Sweeping Security Hub in eu-west-1: \d+00 findings on \d pages so far/)
  expect(told.at(-1)).toMatch(/Swept Security Hub in eu-west-1: 450 findings on 5 pages/)
})

test('a signal ends a sweep that waits', async () => {
  const server = await startHub()
  server.seed(sampleFindings(10))
  server.next(1000, { exception: 'ThrottlingException', status: 429 })
  const collector = await new HubBench(server, { regions: [HOME] }).open()
  const sweeping = (async () => {
    for await (const _ of collector.collect(undefined, AbortSignal.timeout(300))) continue
  })()
  await expect(sweeping).rejects.toThrow(/abort/i)
})
