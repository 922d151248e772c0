import { expect, test } from 'vitest'
import { mapAsff } from '../../collectors/asff/asff.ts'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { recordsOf } from '../../sinks/security-hub/update/records.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { ScratchEnrichment } from '../scratch-enrichment.ts'

const START = Date.UTC(2026, 10, 25, 12)
const PRODUCT = 'arn:aws:securityhub:eu-west-1::product/aws/securityhub'
const GENERATORS = [
  'aws-foundational-security-best-practices/v/1.0.0/EC2.13',
  'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.1',
  'pci-dss/v/3.2.1/PCI.EC2.5',
] as const

/** What Security Hub says of one security group for one standard, before its controls were consolidated. */
function said(generator: string, minute: number, change: object = {}): FindingObserved {
  const at = new Date(START + minute * 60_000).toISOString()
  const record = {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:eu-west-1:111122223333:subscription/${generator}/finding/0a1b`,
    ProductArn: PRODUCT,
    GeneratorId: generator,
    AwsAccountId: '111122223333',
    Region: 'eu-west-1',
    CreatedAt: at,
    UpdatedAt: at,
    Title: 'No SSH from anywhere',
    Description: 'Port 22 is closed.',
    Severity: { Label: 'HIGH' },
    Resources: [
      {
        Type: 'AwsEc2SecurityGroup',
        Id: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0aa',
        Region: 'eu-west-1',
      },
    ],
    Compliance: { Status: 'FAILED' },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    ...change,
  }
  const mapped = mapAsff(record, { zone: 'UTC', reportedAt: Date.parse(at), withoutData: false })
  if (mapped.outcome !== 'finding') throw new Error(`no finding: ${JSON.stringify(mapped)}`)
  const { statement } = mapped.finding
  const key = findingKey('acme', statement.identity)
  const time = Date.parse(at)
  return {
    type: 'finding.observed',
    id: `${generator}/${at}`,
    time,
    tenant: 'acme',
    collector: 'hub',
    key,
    ...statement,
  }
}

function ordersOf<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]]
  return all.flatMap((each, at) => ordersOf([...all.slice(0, at), ...all.slice(at + 1)]).map((rest) => [each, ...rest]))
}

/** What readers see of a finding, without its times and revision. */
function seen({ key, state, event }: PostureFinding): unknown {
  const { standards, requirements } = event['compliance'] as Record<string, readonly string[]>
  return { key, state, standards, requirements, records: recordsOf(event).map(({ id }) => id) }
}

test('a control that three standards report is one finding with the three of them, in every order', async () => {
  const statements = GENERATORS.map((generator, at) => said(generator, at))
  const ends = new Set<string>()
  for (const order of ordersOf(statements)) {
    const found = await new ScratchEnrichment(START).take(...order)
    expect(new Set(found.map(({ key }) => key)).size).toBe(1)
    expect(found.map(({ revision }) => revision)).toEqual([1, 2, 3])
    const last = seen(found.at(-1)!)
    expect(last).toMatchObject({
      state: 'open',
      standards: [
        'ruleset/cis-aws-foundations-benchmark/v/1.2.0',
        'standards/aws-foundational-security-best-practices/v/1.0.0',
        'standards/pci-dss/v/3.2.1',
      ],
      records: [GENERATORS[1], GENERATORS[0], GENERATORS[2]].map((each) => expect.stringContaining(each) as string),
    })
    ends.add(JSON.stringify(last))
  }
  expect(ends.size).toBe(1)
})

test('a standard that is switched off is left out, and the last one that goes resolves the finding', async () => {
  const enrichment = new ScratchEnrichment(START)
  await enrichment.take(...GENERATORS.map((generator, at) => said(generator, at)))
  const off = GENERATORS.map((generator, at) => said(generator, 10 + at, { RecordState: 'ARCHIVED' }))
  const found = await enrichment.take(...off)
  expect(
    found.map(({ state, event }) => [state, (event['compliance'] as { standards: string[] }).standards.length]),
  ).toEqual([
    ['open', 2],
    ['open', 1],
    ['resolved', 3],
  ])
})
