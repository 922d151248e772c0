import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { expect } from 'vitest'
import { mapAsff } from '../collectors/asff/asff.ts'
import { findingKey } from '../schemas/finding-key.ts'
import type { FindingObserved, VerdictRecorded } from '../schemas/generated/posture-event.ts'
import { planUpdate } from '../sinks/security-hub/update/plan.ts'
import { recordsOf } from '../sinks/security-hub/update/records.ts'
import type { PostureFinding } from '../sinks/sink.ts'
import { ScratchEnrichment } from './scratch-enrichment.ts'

export const MINUTE = 60_000
const START = Date.UTC(2026, 10, 25, 12)
const PRODUCT = 'arn:aws:securityhub:eu-west-1::product/aws/securityhub'
const ID = 'arn:aws:securityhub:eu-west-1:111122223333:security-control/S3.8/finding/0a1b'

type Status = 'NEW' | 'NOTIFIED' | 'SUPPRESSED' | 'RESOLVED'

/**
 * One finding that Security Hub holds, the way from there through the collector's mapping and enrichment, and the way
 * back through the sink's plan of updates: the loop, without the network between its parts.
 */
export class SecurityHubLoop {
  readonly enrichment = new ScratchEnrichment(START)
  /** As it stands in Security Hub. */
  there: AwsSecurityFinding = {
    SchemaVersion: '2018-10-08',
    Id: ID,
    ProductArn: PRODUCT,
    ProductFields: { 'aws/securityhub/FindingId': `${PRODUCT}/${ID}` },
    GeneratorId: 'security-control/S3.8',
    AwsAccountId: '111122223333',
    Region: 'eu-west-1',
    CreatedAt: new Date(START).toISOString(),
    UpdatedAt: new Date(START).toISOString(),
    Title: 'S3 buckets should block public access',
    Description: 'This control checks public access.',
    Severity: { Label: 'HIGH' },
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::bkt-1', Region: 'eu-west-1', Partition: 'aws' }],
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.8' },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
  }
  /** Updates that were written there since `settle` began. */
  updates = 0
  /** The last revision. */
  finding!: PostureFinding

  get status(): string | undefined {
    return this.there.Workflow?.Status
  }

  /** Reads and writes in turns until a round changes nothing on either side; answers how many rounds changed something. */
  async settle(): Promise<number> {
    this.updates = 0
    for (let round = 0; round < 10; round += 1) {
      this.enrichment.now += MINUTE
      const found = await this.enrichment.take(this.read())
      const before = this.updates
      for (const each of [...found, ...this.enrichment.tick().findings]) this.#deliver(each)
      if (found.length === 0 && this.updates === before) return round
    }
    throw new Error('the loop does not settle')
  }

  /** The statement that a collector makes of it now. */
  read(collector = 'hub'): FindingObserved {
    const { now } = this.enrichment
    const mapped = mapAsff(structuredClone(this.there), { zone: 'UTC', reportedAt: now, withoutData: false })
    if (mapped.outcome !== 'finding') throw new Error(`no finding: ${JSON.stringify(mapped)}`)
    const { statement } = mapped.finding
    const key = findingKey('acme', statement.identity)
    const id = `${collector}/${now}`
    return { type: 'finding.observed', id, time: now, tenant: 'acme', collector, key, ...statement }
  }

  /** Time passes: what the clock brings is delivered. */
  pass(ms: number): void {
    this.enrichment.now += ms
    for (const each of this.enrichment.tick().findings) this.#deliver(each)
  }

  async decide(action: 'mute' | 'unmute', lastsMs?: number): Promise<void> {
    this.enrichment.now += MINUTE
    const { now } = this.enrichment
    const decision: VerdictRecorded = {
      type: 'verdict.recorded',
      id: `d${now}`,
      time: now,
      tenant: 'acme',
      key: this.finding.key,
      account: '111122223333',
      decision: { action, by: 'dana', ...(lastsMs === undefined ? {} : { expiresAt: now + lastsMs }) },
    }
    for (const each of await this.enrichment.take(decision)) this.#deliver(each)
  }

  /** An analyst sets the workflow: nothing stamps it. */
  analyst(status: Status): void {
    this.there = { ...this.there, Workflow: { Status: status } }
  }

  /** Security Hub evaluates the control anew; what passes it resolves, what fails again it opens, what is suppressed stays. */
  evaluated(result: 'FAILED' | 'PASSED'): void {
    this.enrichment.now += MINUTE
    const Status = this.status === 'SUPPRESSED' ? 'SUPPRESSED' : result === 'PASSED' ? 'RESOLVED' : 'NEW'
    this.there = {
      ...this.there,
      UpdatedAt: new Date(this.enrichment.now).toISOString(),
      ...(this.there.Compliance?.Status === result ? {} : { Workflow: { Status } }),
      Compliance: { ...this.there.Compliance, Status: result },
    }
  }

  #deliver(finding: PostureFinding): void {
    this.finding = finding
    const [record] = recordsOf(finding.event)
    expect(record).toEqual({ id: ID, productArn: PRODUCT })
    const update = planUpdate(finding, this.there, { note: 'when-empty', workflow: true })
    if (update === undefined) return
    this.updates += 1
    const { Note, ...rest } = update
    // BatchUpdateFindings leaves UpdatedAt alone, and stamps the note.
    const note = Note === undefined ? {} : { Note: { ...Note, UpdatedAt: this.there.UpdatedAt } }
    this.there = { ...this.there, ...rest, ...(note as Pick<AwsSecurityFinding, 'Note'>) }
  }
}
