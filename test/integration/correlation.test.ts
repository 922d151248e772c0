import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mapAsff } from '../../collectors/asff/asff.ts'
import type { JsonObject } from '../../collectors/records/fields.ts'
import type { MappedFinding } from '../../collectors/records/mapped.ts'
import { mapProwlerOcsf } from '../../collectors/scanner-report/mapping/prowler-ocsf.ts'
import type { CorrelationConfig } from '../../enrichment/correlation/groups.ts'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { statement } from '../sample-statement.ts'
import { ScratchEnrichment } from '../scratch-enrichment.ts'

const START = Date.UTC(2026, 10, 25, 12)

const correlationOf = ({ event }: PostureFinding): unknown =>
  (event['metadata'] as { readonly correlation_uid?: string }).correlation_uid

test('a group that the configuration adds, changes and drops reaches its findings once each, in bounded steps', async () => {
  const enrichment = new ScratchEnrichment(START)
  const buckets = Array.from({ length: 700 }, (_, index) => statement(`bucket-${index}`))
  const drain = (correlation?: CorrelationConfig): PostureFinding[][] => {
    enrichment.configure(correlation === undefined ? {} : { correlation })
    const steps: PostureFinding[][] = []
    for (let settled = false; !settled;) {
      const step = enrichment.tick()
      steps.push(step.findings)
      settled = step.settled
    }
    return steps
  }
  enrichment.tick()
  const first = await enrichment.take(...buckets)
  expect(first.map(correlationOf).filter((each) => each !== undefined)).toEqual([])

  const control = { product: 'prowler', control: 'bucket-public' }
  const added = drain({ 'bucket-public': [control] })
  expect(added.map((step) => step.length)).toEqual([500, 200])
  expect(new Set(added.flat().map(correlationOf)).size).toBe(700)
  expect(added.flat().every(({ revision, cause }) => revision === 2 && cause === 'context')).toBe(true)

  const another = { product: 'checkov', control: 'CKV_AWS_20' }
  expect(drain({ 'bucket-public': [control, another] }).flat()).toEqual([])
  expect(await enrichment.take(...buckets)).toEqual([])
  const dropped = drain().flat()
  expect(dropped.map(({ revision }) => revision)).toEqual(Array(700).fill(3))
  expect(dropped.every((finding) => correlationOf(finding) === undefined)).toBe(true)
  expect(drain().flat()).toEqual([])
})

const samples = join(import.meta.dirname, '../samples/account')
const options = { zone: 'UTC', reportedAt: START, withoutData: true }

function recordsOf(file: string): JsonObject[] {
  return JSON.parse(readFileSync(join(samples, file), 'utf8')) as JsonObject[]
}

function eventOf({ statement: mapped }: MappedFinding, collector: string): FindingObserved {
  const tenant = 'acme'
  const key = findingKey(tenant, mapped.identity)
  return { type: 'finding.observed', id: `${collector}/${key}`, time: START, tenant, collector, key, ...mapped }
}

function hubEvent(record: unknown): FindingObserved {
  const mapped = mapAsff(record, options)
  if (mapped.outcome !== 'finding') throw new Error(`no finding: ${JSON.stringify(mapped)}`)
  return eventOf(mapped.finding, 'hub')
}

async function correlationsOf(events: readonly FindingObserved[]): Promise<Map<string, unknown>> {
  const found = await new ScratchEnrichment(START).take(...events)
  return new Map(found.map((finding) => [finding.key, correlationOf(finding)]))
}

test("a scan's findings have one correlation in both of its formats, and share it with Security Hub's", async () => {
  const ocsf = await correlationsOf(
    recordsOf('prowler.ocsf.json').map((record) => eventOf(mapProwlerOcsf(record, options), 'nightly')),
  )
  const asff = await correlationsOf(recordsOf('prowler.asff.json').map(hubEvent))
  expect(asff.size).toBeGreaterThan(100)
  expect([...asff].filter(([key, uid]) => ocsf.get(key) !== uid)).toEqual([])
  expect([...ocsf.values()].filter((uid) => uid !== undefined).length).toBeGreaterThan(50)

  const [prowlers] = recordsOf('prowler.asff.json').filter(
    ({ GeneratorId, Compliance }) =>
      GeneratorId === 'prowler-s3_bucket_level_public_access_block' &&
      (Compliance as { readonly Status: string }).Status === 'FAILED',
  )
  const hubs = {
    ...prowlers,
    Id: 'arn:aws:securityhub:eu-west-1:111122223333:security-control/S3.8/finding/0a1b',
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    ProductFields: {},
    GeneratorId: 'security-control/S3.8',
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.8' },
  }
  const both = await correlationsOf([hubEvent(prowlers), hubEvent(hubs)])
  expect(both.size).toBe(2)
  expect(new Set(both.values()).size).toBe(1)
  expect([...both.values()][0]).toMatch(/^[0-9a-f]{32}$/)
})
