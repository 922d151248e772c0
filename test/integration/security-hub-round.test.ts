import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../collectors/records/fields.ts'
import { HubBench, startHub } from '../../collectors/aws-security-hub/sample-hub.ts'
import { mapProwlerOcsf } from '../../collectors/scanner-report/mapping/prowler-ocsf.ts'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved, PostureEvent } from '../../schemas/generated/posture-event.ts'
import { ownFindingId } from '../../schemas/security-hub-marks.ts'
import { controlFinding, openHub, ours, pump } from '../../sinks/security-hub/sample-hub.ts'
import type { PostureFinding, Sink } from '../../sinks/sink.ts'
import type { SecurityHubServer } from '../servers/security-hub/security-hub-server.ts'
import { ScratchEnrichment } from '../scratch-enrichment.ts'

const DAY = 24 * 3600 * 1000
const ACCOUNT = '123456789012'
const REGIONS = ['us-east-1', 'eu-west-1']
const HOME = 'us-east-1'

/** The findings of a scan of the sample account, as the collector of reports publishes them. */
function scanned(): FindingObserved[] {
  const file = join(import.meta.dirname, '../samples/account/prowler.ocsf.json')
  const records = JSON.parse(readFileSync(file, 'utf8')) as JsonObject[]
  return records.map((record, index): FindingObserved => {
    const { statement, at } = mapProwlerOcsf(record, { zone: 'UTC', reportedAt: 0, withoutData: false })
    const key = findingKey('acme', statement.identity)
    return {
      type: 'finding.observed',
      id: `scan/${index}`,
      time: at,
      tenant: 'acme',
      collector: 'nightly',
      key,
      ...statement,
    }
  })
}

/** Security Hub's own finding of a control, on a bucket of the sample account. */
function hubsOwn(control: string, bucket: string): object {
  return controlFinding(`arn:aws:securityhub:${HOME}:${ACCOUNT}:security-control/${control}/finding/${bucket}`, {
    ProductArn: `arn:aws:securityhub:${HOME}::product/aws/securityhub`,
    AwsAccountId: ACCOUNT,
    Region: HOME,
    GeneratorId: `security-control/${control}`,
    Compliance: { Status: 'FAILED', SecurityControlId: control },
    Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${bucket}`, Partition: 'aws', Region: HOME }],
  })
}

/** The collector, enrichment and the sink around one Security Hub; a round is one full sweep and what comes of it. */
class Round {
  readonly server: SecurityHubServer
  readonly sink: Sink
  readonly #enrichment: ScratchEnrichment
  readonly #bench: HubBench
  #position: unknown
  readonly latest = new Map<string, PostureFinding>()

  constructor(server: SecurityHubServer, sink: Sink, enrichment: ScratchEnrichment) {
    this.server = server
    this.sink = sink
    this.#enrichment = enrichment
    this.#bench = new HubBench(server, { regions: REGIONS }, () => enrichment.now)
  }

  /** What these events change is delivered; nothing may be refused. */
  async take(...events: readonly PostureEvent[]): Promise<PostureFinding[]> {
    const findings = [...(await this.#enrichment.take(...events)), ...this.#enrichment.tick().findings]
    for (const each of findings) this.latest.set(each.key, each)
    expect(await pump(this.sink, findings)).toEqual([])
    return findings
  }

  /** Days later, everything is read. Answers what was read, what it changed, and what was written there. */
  async go(days = 2): Promise<{ read: number; changed: PostureFinding[]; writes: number }> {
    this.#enrichment.now += days * DAY
    const before = this.#writes()
    const aged = await this.take()
    const swept = await this.#bench.sweep(this.#position)
    expect([swept.error, swept.unreadable]).toEqual([undefined, []])
    this.#position = swept.position
    const changed = [...aged, ...(await this.take(...swept.events))]
    return { read: swept.findings.length, changed, writes: this.#writes() - before }
  }

  async decide(key: string, action: 'mute' | 'unmute', lastsMs: number): Promise<void> {
    const { now } = this.#enrichment
    const decision = { action, by: 'dana', reason: 'until the move', expiresAt: now + lastsMs }
    await this.take({ type: 'verdict.recorded', id: `d/${now}`, time: now, tenant: 'acme', key, decision })
  }

  #writes(): number {
    return this.server.calls('BatchImportFindings').length + this.server.calls('BatchUpdateFindings').length
  }
}

test('a scanned account goes out beside what Security Hub found itself, comes back, and is at rest after one round', async () => {
  const enrichment = new ScratchEnrichment(Date.now())
  const clock = (): number => enrichment.now
  const server = await startHub({ accounts: [{ id: ACCOUNT }], region: HOME, clock })
  const events = scanned()
  const buckets = events.filter(({ identity }) => identity.control === 's3_bucket_level_public_access_block')
  const [bucket] = buckets.flatMap(({ identity, verdict }) => (verdict.value === 'fail' ? identity.resource : []))
  server.seed([hubsOwn('S3.8', bucket!.replace('arn:aws:s3:::', '')), hubsOwn('S3.5', 'another')])
  const sink = await openHub(server, { destinations: [{ account: ACCOUNT, regions: REGIONS }] }, ACCOUNT)
  const round = new Round(server, sink, enrichment)

  const found = await round.take(...events)
  expect(found.length).toBeGreaterThan(150)
  const exported = REGIONS.flatMap((region) => server.findings(ACCOUNT, region)).length - 2
  expect(exported).toBe(found.length)

  const first = await round.go()
  expect(first.read).toBe(2)
  expect(first.changed.map(({ revision, state }) => [revision, state])).toEqual([
    [1, 'open'],
    [1, 'open'],
  ])
  const [hub] = first.changed.filter(({ event }) => (event['metadata'] as { event_code: string }).event_code === 'S3.8')
  const correlated = [...round.latest.values()].filter(
    ({ event }) =>
      (event['metadata'] as { correlation_uid?: string }).correlation_uid ===
      (hub!.event['metadata'] as { correlation_uid?: string }).correlation_uid,
  )
  expect(correlated).toHaveLength(2)
  for (let again = 0; again < 3; again += 1) expect(await round.go()).toEqual({ read: 2, changed: [], writes: 0 })

  const theirs = () =>
    server.findings(ACCOUNT, HOME).find(({ GeneratorId }) => GeneratorId === 'security-control/S3.8')!
  expect(ours(theirs())).toMatchObject({ priority: 'P3', revision: '1' })

  await round.decide(hub!.key, 'mute', 5 * DAY)
  expect(theirs().Workflow?.Status).toBe('SUPPRESSED')
  expect(await round.go()).toEqual({ read: 2, changed: [], writes: 0 })
  expect((await round.go(4)).changed.map(({ state, cause }) => [state, cause])).toEqual([['open', 'expiry']])
  expect(theirs().Workflow?.Status).toBe('NEW')
  expect(await round.go()).toEqual({ read: 2, changed: [], writes: 0 })

  server.asAnalyst(theirs().Id!, {
    Workflow: { Status: 'SUPPRESSED' },
    Note: { Text: 'Accepted by me.', UpdatedBy: 'alice' },
    Severity: { Label: 'LOW' },
  })
  expect((await round.go()).changed.map(({ state, revision }) => [state, revision])).toEqual([['muted', 4]])
  expect(await round.go()).toEqual({ read: 2, changed: [], writes: 0 })
  expect(theirs()).toMatchObject({
    Workflow: { Status: 'SUPPRESSED' },
    Note: { Text: 'Accepted by me.', UpdatedBy: 'alice' },
    Severity: { Label: 'LOW' },
  })
  const own = server.findings(ACCOUNT, HOME).find(({ Id }) => Id === ownFindingId(correlated[0]!.key))
  expect(own?.RecordState).toBe('ACTIVE')
})
