import { describe, expect, test } from 'vitest'
import type { SecurityHubServer } from '../../test/servers/security-hub/security-hub-server.ts'
import { ACCOUNT, FIRST_UPDATE, HOME, HubBench, keysOf, sampleFinding, sampleFindings, startHub } from './sample-hub.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

interface Question {
  readonly Filters: { readonly UpdatedAt: { readonly Start: string; readonly End: string }[] }
  readonly SortCriteria: unknown
  readonly MaxResults: number
  readonly NextToken?: string
}

/** The bodies of all calls for findings, in order. */
function asked(server: SecurityHubServer) {
  return server.calls('GetFindings').map(({ input }) => input as unknown as Question)
}

describe('a full sweep', () => {
  test('reads every finding once, and states its scan before and after them', async () => {
    const server = await startHub()
    server.seed(sampleFindings(250))
    const bench = new HubBench(server, { regions: [HOME] })
    const swept = await bench.sweep()
    expect(swept.error).toBeUndefined()
    expect(swept.findings).toHaveLength(250)
    expect(keysOf(swept).size).toBe(250)
    expect(swept.events.map(({ type }) => type)).toEqual([
      'scan.started',
      ...Array.from({ length: 250 }, () => 'finding.observed'),
      'scan.completed',
    ])
    expect(swept.completed[0]).toMatchObject({
      source: { product: 'security-hub' },
      scope: { provider: 'aws', account: ACCOUNT, regions: [HOME] },
      outcome: 'complete',
      findings: 250,
    })
    expect(new Set(swept.findings.map(({ scan }) => scan?.uid))).toEqual(new Set([swept.completed[0]?.scan.uid]))
  })

  test('asks one frozen question, with both ends of its window, in the order of updates', async () => {
    const server = await startHub()
    server.seed(sampleFindings(250))
    await new HubBench(server, { regions: [HOME] }).sweep()
    const questions = asked(server).map(({ NextToken: _, ...question }) => question)
    expect(questions).toHaveLength(3)
    expect(new Set(questions.map((each) => JSON.stringify(each))).size).toBe(1)
    const { Filters, SortCriteria, MaxResults } = questions[0]!
    expect(Filters.UpdatedAt).toEqual([{ Start: '2000-01-01T00:00:00.000Z', End: expect.stringMatching(/^20\d\d-/) }])
    expect({ SortCriteria, MaxResults }).toEqual({
      SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'asc' }],
      MaxResults: 100,
    })
  })

  test('sees a finding whose source has a clock three days ahead', async () => {
    const server = await startHub()
    server.seed([sampleFinding(1, { at: Date.now() + 3 * DAY_MS })])
    expect((await new HubBench(server, { regions: [HOME] }).sweep()).findings).toHaveLength(1)
  })

  test('of an account with nothing in it is complete, with 0 findings', async () => {
    const server = await startHub()
    const { completed } = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(completed).toMatchObject([{ scope: { account: ACCOUNT }, outcome: 'complete', findings: 0 }])
  })

  test('states a product that had findings and has none any more, as complete with 0', async () => {
    const server = await startHub()
    const other = {
      ...sampleFinding(1),
      Id: 'guardduty-1',
      ProductArn: `arn:aws:securityhub:${HOME}::product/aws/guardduty`,
      ProductName: 'GuardDuty',
    }
    server.seed([...sampleFindings(3), other])
    const bench = new HubBench(server, { regions: [HOME] })
    const first = await bench.sweep()
    expect(first.completed.map(({ source, findings }) => [source.product, findings])).toEqual([
      ['security-hub', 3],
      ['guardduty', 1],
    ])
    server.remove('guardduty-1')
    bench.now += 2 * DAY_MS
    const second = await bench.sweep(first.position)
    expect(second.completed.map(({ source, findings, outcome }) => [source.product, findings, outcome])).toEqual([
      ['security-hub', 3, 'complete'],
      ['guardduty', 0, 'complete'],
    ])
  })

  test('of a member account that vanished is partial: it may only have left', async () => {
    const member = '444455556666'
    const server = await startHub({ accounts: [{ id: ACCOUNT }, { id: member }], administrator: ACCOUNT })
    server.seed([sampleFinding(1), sampleFinding(2, { account: member })])
    const bench = new HubBench(server, { regions: [HOME] })
    const first = await bench.sweep()
    expect(first.completed.map(({ scope, outcome }) => [scope.account, outcome])).toEqual([
      [ACCOUNT, 'complete'],
      [member, 'complete'],
    ])
    server.remove(sampleFinding(2, { account: member }).Id)
    for (let again = first.position, times = 0; times < 2; times++) {
      bench.now += 2 * DAY_MS
      const { completed, position } = await bench.sweep(again)
      expect(completed).toMatchObject([
        { scope: { account: ACCOUNT }, outcome: 'complete' },
        { scope: { account: member }, outcome: 'partial', reason: expect.stringMatching(/left/), findings: 0 },
      ])
      again = position
    }
    expect(bench.logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringContaining(`of 1 accounts, whose findings stay as they are (${member})`),
      expect.stringContaining(member),
    ])
  })

  test('with a filter that findings may leave, closes nothing', async () => {
    const server = await startHub()
    server.seed(sampleFindings(2))
    const { completed, findings } = await new HubBench(server, {
      regions: [HOME],
      filters: { severities: ['HIGH'] },
    }).sweep()
    expect(findings).toHaveLength(2)
    expect(completed).toMatchObject([{ outcome: 'partial' }])
  })

  test('leaves out what we wrote ourselves', async () => {
    const server = await startHub()
    const own = {
      ...sampleFinding(7),
      Id: 'posture-stream.0123456789abcdef0123456789abcdef',
      ProductArn: `arn:aws:securityhub:${HOME}:${ACCOUNT}:product/${ACCOUNT}/default`,
      GeneratorId: 'posture-stream/bucket-public',
    }
    server.seed([sampleFinding(1), own])
    const { findings, completed, unreadable } = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(findings).toHaveLength(1)
    expect(unreadable).toEqual([])
    expect(completed).toMatchObject([{ outcome: 'complete', findings: 1 }])
  })

  test('sets aside what cannot be read, and is partial then', async () => {
    const server = await startHub()
    server.seed([sampleFinding(1), { ...sampleFinding(2), Resources: [] }])
    const { findings, completed, unreadable } = await new HubBench(server, { regions: [HOME] }).sweep()
    expect(findings).toHaveLength(1)
    expect(unreadable).toMatchObject([{ origin: expect.stringMatching(/^security-hub\/eu-west-1\/arn:/) }])
    expect(completed).toMatchObject([
      { outcome: 'partial', reason: expect.stringMatching(/1 findings? could not be read/) },
    ])
  })
})

describe('a sweep of a window', () => {
  test('reads what was updated since the last sweep, and a little before, and states no scan', async () => {
    const server = await startHub()
    server.seed(sampleFindings(3))
    const bench = new HubBench(server, { regions: [HOME], overlap: '10m' })
    const first = await bench.sweep()
    const startedAt = first.completed[0]!.scan.time
    const updated = sampleFinding(1, { at: Date.now() + 1000 })
    server.remove(updated.Id)
    server.seed([updated])
    const second = await bench.sweep(first.position)
    expect(second.events.map(({ type }) => type)).toEqual(['finding.observed'])
    expect(second.findings[0]?.source.uid).toBe(updated.Id)
    expect(asked(server).at(-1)?.Filters.UpdatedAt[0]?.Start).toBe(new Date(startedAt - 600_000).toISOString())
  })

  test('says the same of a finding as the sweep before: the same event', async () => {
    const server = await startHub()
    server.seed([sampleFinding(1, { at: Date.now() })])
    const bench = new HubBench(server, { regions: [HOME] })
    const first = await bench.sweep()
    const second = await bench.sweep(first.position)
    const third = await bench.sweep(second.position)
    expect(second.findings[0]?.key).toBe(first.findings[0]?.key)
    expect(third.findings[0]?.id).toBe(second.findings[0]?.id)
  })

  test('is followed by a full sweep when that is due', async () => {
    const server = await startHub()
    server.seed(sampleFindings(2))
    const bench = new HubBench(server, { regions: [HOME], full: '24h' })
    const first = await bench.sweep()
    bench.now += 20 * HOUR_MS
    const second = await bench.sweep(first.position)
    expect(second.completed).toEqual([])
    bench.now += 4 * HOUR_MS
    expect((await bench.sweep(second.position)).completed).toMatchObject([{ outcome: 'complete', findings: 2 }])
  })

  test('with other filters reads everything anew, and knows nothing of before', async () => {
    const server = await startHub()
    server.seed(sampleFindings(4))
    const first = await new HubBench(server, { regions: [HOME] }).sweep()
    const narrowed = new HubBench(server, { regions: [HOME], filters: { products: ['GuardDuty'] } })
    const { completed, findings } = await narrowed.sweep(first.position)
    expect(findings).toEqual([])
    expect(completed.filter(({ source, findings: count }) => source.product === 'guardduty' || count > 0)).toEqual([])
    expect(asked(server).at(-1)?.Filters.UpdatedAt[0]?.Start).toBe('2000-01-01T00:00:00.000Z')
  })

  test('of a region that is new reads all of it', async () => {
    const server = await startHub()
    server.seed([sampleFinding(1), sampleFinding(2, { region: 'us-east-1', at: FIRST_UPDATE })])
    const first = await new HubBench(server, { regions: [HOME] }).sweep()
    const second = await new HubBench(server, { regions: [HOME, 'us-east-1'] }).sweep(first.position)
    expect(second.findings.map(({ cloud }) => cloud.region)).toEqual(['us-east-1'])
  })
})

describe('aggregation', () => {
  test('a finding has one key whether it is read at home, where it was made, or both', async () => {
    const linked = 'us-east-1'
    const server = await startHub({ aggregation: { home: HOME } })
    server.seed([sampleFinding(1), sampleFinding(2, { region: linked })])
    const atHome = await new HubBench(server, { aggregation: { region: HOME } }).sweep()
    const apart = await new HubBench(server, { regions: [linked] }).sweep()
    const both = await new HubBench(server, { aggregation: { region: HOME }, regions: [linked] }).sweep()
    expect(keysOf(atHome).size).toBe(2)
    expect(keysOf(atHome)).toContain([...keysOf(apart)][0])
    expect(keysOf(both)).toEqual(keysOf(atHome))
    expect(atHome.completed).toMatchObject([{ scope: { regions: [HOME, linked] }, findings: 2, outcome: 'complete' }])
    expect(both.completed).toMatchObject([{ scope: { regions: [HOME, linked] }, findings: 2, outcome: 'complete' }])
  })
})

describe('with api v2', () => {
  test('the same findings have the same keys, over several pages', async () => {
    const server = await startHub()
    server.seed(sampleFindings(250))
    const asff = await new HubBench(server, { regions: [HOME] }).sweep()
    const ocsf = await new HubBench(server, { regions: [HOME], api: 'v2' }).sweep()
    expect(ocsf.error).toBeUndefined()
    expect(ocsf.unreadable).toEqual([])
    expect(keysOf(ocsf)).toEqual(keysOf(asff))
    expect(ocsf.completed).toMatchObject([{ outcome: 'complete', findings: 250 }])
    expect(server.calls('DescribeHub')).toHaveLength(1)
  })

  test('filters are asked for in its words, and a refused token is noticed', async () => {
    const server = await startHub()
    server.seed([...sampleFindings(150), { ...sampleFinding(900), Severity: { Label: 'LOW' } }])
    const filters = { severities: ['HIGH', 'CRITICAL'], accountIds: [ACCOUNT], products: ['Security Hub'] }
    const bench = new HubBench(server, { regions: [HOME], api: 'v2', filters })
    const first = await bench.sweep(undefined, { batches: 1 })
    server.expireTokens()
    const second = await bench.sweep(first.position)
    expect(second.error).toBeUndefined()
    expect(new Set([...keysOf(first), ...keysOf(second)]).size).toBe(150)
  })
})

describe('filters', () => {
  test.each([
    [{ severities: ['LOW'] }, [2]],
    [{ recordStates: ['ARCHIVED'] }, [3]],
    [{ products: ['GuardDuty', 'Inspector'] }, [4]],
    [{ productArns: [`arn:aws:securityhub:${HOME}::product/aws/guardduty`] }, [4]],
    [{ accountIds: ['444455556666'] }, [5]],
    [{ recordStates: ['ACTIVE', 'ARCHIVED'], accountIds: [ACCOUNT] }, [1, 2, 3, 4]],
  ])('%j', async (filters, numbers) => {
    const server = await startHub({ accounts: [{ id: ACCOUNT }, { id: '444455556666' }], administrator: ACCOUNT })
    server.seed([
      sampleFinding(1),
      { ...sampleFinding(2), Severity: { Label: 'LOW' } },
      { ...sampleFinding(3), RecordState: 'ARCHIVED' },
      {
        ...sampleFinding(4),
        ProductArn: `arn:aws:securityhub:${HOME}::product/aws/guardduty`,
        ProductName: 'GuardDuty',
      },
      sampleFinding(5, { account: '444455556666' }),
    ])
    const { findings } = await new HubBench(server, { regions: [HOME], filters }).sweep()
    expect(findings.map(({ source }) => Number(source.uid?.split('/').at(-1)))).toEqual(numbers)
  })
})

test('settings that name nothing to read, or contradict each other, are refused', async () => {
  const server = await startHub()
  await expect(new HubBench(server, {}).open()).rejects.toMatchObject({ code: 'SECURITY_HUB_CONFIG' })
  const v2 = new HubBench(server, { regions: [HOME], api: 'v2', filters: { recordStates: ['ACTIVE'] } })
  await expect(v2.open()).rejects.toMatchObject({ code: 'SECURITY_HUB_CONFIG' })
})
