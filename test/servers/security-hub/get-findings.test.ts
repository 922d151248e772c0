import {
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  type AwsSecurityFindingFilters,
  type GetFindingsCommandInput,
} from '@aws-sdk/client-securityhub'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SecurityHubOptions } from './options.ts'
import { clientOf, sampleFinding } from './sample-finding.ts'
import { SecurityHubServer } from './security-hub-server.ts'

const OTHER = '444455556666'
const NOW = Date.parse('2026-11-25T12:00:00Z')

async function started(options: SecurityHubOptions = {}) {
  const server = await SecurityHubServer.start({ rateFactor: Infinity, clock: () => NOW, ...options })
  onTestFinished(() => server.stop())
  return server
}

const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T00:00:00.000Z`
const numbered = (n: number) => sampleFinding({ Id: `f${n}`, Region: 'eu-west-1', UpdatedAt: day(n + 1) })

async function ids(server: SecurityHubServer, input: GetFindingsCommandInput, place = {}) {
  const { Findings } = await clientOf(server, place).send(new GetFindingsCommand(input))
  return Findings!.map(({ Id }) => Id)
}

describe('filters', () => {
  async function seeded() {
    const server = await started()
    server.seed([
      sampleFinding({ Id: 'a', UpdatedAt: day(20), RecordState: 'ARCHIVED' }),
      sampleFinding({ Id: 'b', UpdatedAt: day(22), Severity: { Label: 'LOW' }, Workflow: { Status: 'NEW' } }),
      sampleFinding({ Id: 'bb', UpdatedAt: day(24), ProductName: 'Inspector', UserDefinedFields: { owner: 'us' } }),
    ])
    return server
  }
  const table: readonly { what: string; filters: AwsSecurityFindingFilters; found: string[] }[] = [
    { what: 'equals', filters: { Id: [{ Value: 'a', Comparison: 'EQUALS' }] }, found: ['a'] },
    {
      what: 'equals one of',
      filters: { Id: ['a', 'b'].map((Value) => ({ Value, Comparison: 'EQUALS' })) },
      found: ['a', 'b'],
    },
    { what: 'prefix', filters: { Id: [{ Value: 'b', Comparison: 'PREFIX' }] }, found: ['b', 'bb'] },
    {
      what: 'not equals',
      filters: { RecordState: [{ Value: 'ARCHIVED', Comparison: 'NOT_EQUALS' }] },
      found: ['b', 'bb'],
    },
    { what: 'no prefix', filters: { Id: [{ Value: 'b', Comparison: 'PREFIX_NOT_EQUALS' }] }, found: ['a'] },
    {
      what: 'prefix, but not',
      filters: {
        Id: [
          { Value: 'b', Comparison: 'PREFIX' },
          { Value: 'bb', Comparison: 'NOT_EQUALS' },
        ],
      },
      found: ['b'],
    },
    { what: 'case', filters: { Id: [{ Value: 'A', Comparison: 'EQUALS' }] }, found: [] },
    { what: 'severity', filters: { SeverityLabel: [{ Value: 'LOW', Comparison: 'EQUALS' }] }, found: ['b'] },
    { what: 'workflow', filters: { WorkflowStatus: [{ Value: 'NEW', Comparison: 'EQUALS' }] }, found: ['b'] },
    { what: 'product', filters: { ProductName: [{ Value: 'Inspector', Comparison: 'EQUALS' }] }, found: ['bb'] },
    {
      what: 'a map',
      filters: { UserDefinedFields: [{ Key: 'owner', Value: 'us', Comparison: 'EQUALS' }] },
      found: ['bb'],
    },
    { what: 'within times', filters: { UpdatedAt: [{ Start: day(20), End: day(22) }] }, found: ['a', 'b'] },
    { what: 'within days', filters: { UpdatedAt: [{ DateRange: { Value: 2, Unit: 'DAYS' } }] }, found: ['bb'] },
    {
      what: 'all attributes',
      filters: { Id: [{ Value: 'b', Comparison: 'PREFIX' }], UpdatedAt: [{ Start: day(20), End: day(22) }] },
      found: ['b'],
    },
  ]

  test.for(table)('$what', async ({ filters, found }) => {
    expect(await ids(await seeded(), { Filters: filters })).toEqual(found)
  })

  test('that AWS refuses are refused', async () => {
    const server = await seeded()
    const refused: AwsSecurityFindingFilters[] = [
      { UpdatedAt: [{ Start: day(1) }] },
      {
        Id: [
          { Value: 'a', Comparison: 'EQUALS' },
          { Value: 'b', Comparison: 'NOT_EQUALS' },
        ],
      },
      { Id: Array.from({ length: 21 }, () => ({ Value: 'a', Comparison: 'EQUALS' as const })) },
      { Title: [{ Value: 'a', Comparison: 'CONTAINS' }] },
    ]
    for (const Filters of refused)
      await expect(ids(server, { Filters })).rejects.toMatchObject({ name: 'InvalidInputException' })
    for (const MaxResults of [0, 101, 1.5])
      await expect(ids(server, { MaxResults })).rejects.toMatchObject({ name: 'InvalidInputException' })
  })

  test('go with an order', async () => {
    const server = await seeded()
    expect(await ids(server, { SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'desc' }] })).toEqual(['bb', 'b', 'a'])
    const SortCriteria = [
      { Field: 'RecordState', SortOrder: 'asc' as const },
      { Field: 'Id', SortOrder: 'desc' as const },
    ]
    expect(await ids(server, { SortCriteria })).toEqual(['bb', 'b', 'a'])
  })
})

describe('pages', () => {
  async function paged(options: SecurityHubOptions = {}) {
    const server = await started(options)
    server.seedMany(5, numbered)
    const client = clientOf(server)
    const page = async (input: GetFindingsCommandInput = {}) => {
      const { Findings, NextToken } = await client.send(new GetFindingsCommand({ MaxResults: 2, ...input }))
      return { found: Findings!.map(({ Id }) => Id), token: NextToken }
    }
    return { server, page }
  }
  const next = (NextToken: string | undefined) => (NextToken === undefined ? {} : { NextToken })
  const refused = { name: 'InvalidInputException' }

  test('follow one another to the end, whatever happens meanwhile', async () => {
    const { server, page } = await paged()
    const first = await page()
    server.seed([numbered(9)])
    server.asAnalyst('f2', { Confidence: 7 })
    const second = await page(next(first.token))
    const third = await page(next(second.token))
    expect([first.found, second.found, third]).toEqual([
      ['f0', 'f1'],
      ['f2', 'f3'],
      { found: ['f4'], token: undefined },
    ])
  })

  test('are refused for another query, another caller, and a token that there never was', async () => {
    const { server, page } = await paged()
    const { token } = await page()
    const Filters = { RecordState: [{ Value: 'ACTIVE', Comparison: 'EQUALS' as const }] }
    await expect(page({ ...next(token), Filters })).rejects.toThrow('Input Query has changed')
    const elsewhere = clientOf(server, { region: 'us-east-1' })
    const command = new GetFindingsCommand({ MaxResults: 2, ...next(token) })
    await expect(elsewhere.send(command)).rejects.toMatchObject(refused)
    await expect(page(next('made up'))).rejects.toMatchObject(refused)
    expect((await page(next(token))).found).toEqual(['f2', 'f3'])
  })

  test('expire, with time or on demand', async () => {
    let now = NOW
    const { server, page } = await paged({ clock: () => now, tokenLifeMs: 1000 })
    const { token } = await page()
    now += 1001
    await expect(page(next(token))).rejects.toThrow('has expired')
    const fresh = await page()
    server.expireTokens()
    await expect(page(next(fresh.token))).rejects.toMatchObject(refused)
  })

  test('may have a token that repeats', async () => {
    const { server, page } = await paged()
    const { token } = await page()
    server.repeatToken()
    expect(await page(next(token))).toEqual({ found: ['f2', 'f3'], token })
    expect((await page(next(token))).token).not.toBe(token)
  })

  test('of 100,000 findings need little memory', { timeout: 60_000 }, async () => {
    const server = await started()
    const Description = 'x'.repeat(1024)
    server.seedMany(100_000, (n) => sampleFinding({ Id: `f${n}`, Description }))
    const client = clientOf(server)
    const used = process.memoryUsage().heapUsed
    const SortCriteria = [{ Field: 'Id', SortOrder: 'desc' as const }]
    const { Findings, NextToken } = await client.send(new GetFindingsCommand({ SortCriteria }))
    expect(Findings?.[0]?.Id).toBe('f99999')
    expect(NextToken).toBeDefined()
    expect((process.memoryUsage().heapUsed - used) / 2 ** 20).toBeLessThan(200)
  })
})

describe('accounts and regions', () => {
  async function spread() {
    const server = await started({
      accounts: [{ id: '111122223333' }, { id: OTHER }],
      administrator: '111122223333',
      aggregation: { home: 'eu-west-1', linked: ['us-east-1'] },
    })
    server.seed(
      [
        sampleFinding({ Id: 'home' }),
        sampleFinding({ Id: 'linked' }, { region: 'us-east-1' }),
        sampleFinding({ Id: 'apart' }, { region: 'ap-south-1' }),
        sampleFinding({ Id: 'member' }, { account: OTHER }),
      ].map((finding) => ({ ...finding, Region: finding.ProductArn!.split(':')[3] })),
    )
    return server
  }

  test('are those of the signature; the home region shows the linked ones, the administrator its members', async () => {
    const server = await spread()
    expect(await ids(server, {})).toEqual(['home', 'linked', 'member'])
    expect(await ids(server, {}, { region: 'us-east-1' })).toEqual(['linked'])
    expect(await ids(server, {}, { region: 'ap-south-1' })).toEqual(['apart'])
    expect(await ids(server, {}, { account: OTHER })).toEqual(['member'])
    expect(server.findings(OTHER).map(({ Id }) => Id)).toEqual(['member'])
    expect(server.findings('111122223333', 'ap-south-1')).toHaveLength(1)
  })

  test('are those in which one may update', async () => {
    const server = await spread()
    const update = async (Id: string, place: object) => {
      const { ProductArn } = server.findings().find((each) => each.Id === Id)!
      const command = new BatchUpdateFindingsCommand({ FindingIdentifiers: [{ Id, ProductArn }], Confidence: 1 })
      return (await clientOf(server, place).send(command)).ProcessedFindings!.length
    }
    expect(await update('linked', {})).toBe(1)
    expect(await update('member', {})).toBe(1)
    expect(await update('home', { account: OTHER })).toBe(0)
    expect(await update('home', { region: 'us-east-1' })).toBe(0)
  })
})
