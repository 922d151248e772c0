import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { accountTable, moved, printed, urgency, type TableRow } from '../sample-account-table.ts'
import { samples, ScratchPipeline } from '../scratch-pipeline.ts'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import { asAwsWritesPolicies } from '../servers/moto/function-policies.ts'
import { SampleAccount } from '../servers/moto/sample-account.ts'
import { seedTarget, using } from '../servers/moto/seed/seeded.ts'
import type { SeededAccount } from '../servers/moto/seed/seed-account.ts'

const timeout = 900_000
const ec2 = (resource: string): string => `arn:aws:ec2:us-east-1:123456789012:${resource}`
const BLOCKED = 'arn:aws:s3:::acme-blocked-policy'
const OFFICE = 'arn:aws:s3:::acme-office-only'
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:acme-webhook'

/** The scanner saw another moto with the same account in it: the ids that moto draws, as they are here. */
function report({ network, instances, key }: SeededAccount): string {
  const ids: Readonly<Record<string, string>> = {
    'vpc-cb5807a19c3472ca0': network.vpc,
    'subnet-75648ba12c71d11d0': network.publicSubnet,
    'sg-eb778a63ef68accf8': network.openGroup,
    'sg-c1e22706984ac7ccb': network.officeGroup,
    'i-257535dbfcd0e9527': instances.web,
    'i-0469e800e139c63f1': instances.exporter,
    'i-e94a6fd55ea8bdc77': instances.bastion,
    'i-c59e6d4aad4202a64': instances.batch,
    'vol-7e973fd9854bae64f': instances.volume,
    'snap-659b55115a7d44ba8': instances.publicSnapshot,
    'bcd6c67d-0de9-4116-a8e8-dde2aa11b415': key,
  }
  const text = readFileSync(join(samples, 'account/prowler.ocsf.json'), 'utf8')
  return text.replaceAll(new RegExp(Object.keys(ids).join('|'), 'g'), (id) => ids[id]!)
}

interface ReportRecord {
  readonly metadata: { readonly event_code: string }
  readonly resources: readonly { readonly uid: string }[]
}

/**
 * The same report by a scanner that reads a policy without its conditions and the settings around it: it claims of two
 * buckets what is true of a third, and calls it high, since what is critical stays a band higher by the published tables.
 */
function hasty(text: string): string {
  const records = JSON.parse(text) as ReportRecord[]
  const claims = ({ metadata, resources }: ReportRecord, name: string): boolean =>
    metadata.event_code === 's3_bucket_public_access' && resources[0]!.uid === `arn:aws:s3:::${name}`
  const open = JSON.stringify({
    ...records.find((record) => claims(record, 'acme-website')),
    severity: 'High',
    severity_id: 4,
  })
  const closed = [BLOCKED, OFFICE].map((uid) => uid.replace('arn:aws:s3:::', ''))
  const kept = records.filter((record) => !closed.some((name) => claims(record, name)))
  return JSON.stringify([
    ...kept,
    ...closed.map((name) => JSON.parse(open.replaceAll('acme-website', name)) as unknown),
  ])
}

/** The pipeline, and the account that it reads. */
class Scanned {
  readonly account: SampleAccount
  readonly endpoint: string
  readonly pipeline = new ScratchPipeline()

  private constructor(account: SampleAccount, endpoint: string) {
    this.account = account
    this.endpoint = endpoint
    this.pipeline.environment = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'test' }
    this.pipeline.add('report.json', hasty(report(account.seeded!)))
  }

  static async open(context: TestContext): Promise<Scanned> {
    const account = await SampleAccount.open(context)
    const proxy = await FaultyProxy.start(account.url)
    onTestFinished(() => proxy.stop())
    asAwsWritesPolicies(proxy)
    const scanned = new Scanned(account, proxy.url)
    onTestFinished(() => scanned.pipeline.remove())
    return scanned
  }

  /** From now on the account is read too. */
  readInventory(): void {
    const { config } = this.pipeline
    const inventory = `  inventory:
    type: aws-inventory
    regions: [us-east-1]
    patience: 1s
    rate: { perSecond: 1000, burst: 1000 }
    endpoint: ${this.endpoint}
sinks:`
    writeFileSync(config, readFileSync(config, 'utf8').replace('sinks:', inventory))
  }

  async table(): Promise<ReadonlyMap<string, TableRow>> {
    expect(await this.pipeline.run()).toMatchObject({ deadLetters: 0 })
    return accountTable(this.pipeline.written())
  }
}

test('the inventory proves what the scanner only states, and what is closed falls', { timeout }, async (context) => {
  const scanned = await Scanned.open(context)
  const { network, instances } = scanned.account.seeded!
  const before = await scanned.table()
  scanned.readInventory()
  const after = await scanned.table()
  const moves = moved(after, before)
  console.log(`${printed(after, before)}\n\n${moves.join('\n')}`)
  const exposure = (uid: string) => after.get(uid)?.exposure

  const web = exposure(ec2(`instance/${instances.web}`))
  expect(web).toMatchObject({ value: 'internet_sensitive', certainty: 'certain' })
  const hops = web?.routes?.[0]?.hops?.map(({ uid }) => uid)
  expect(hops).toContain(ec2(`security-group/${network.openGroup}`))
  expect(hops?.some((uid) => uid.startsWith(ec2('internet-gateway/')))).toBe(true)

  const batch = exposure(ec2(`instance/${instances.batch}`))
  expect(batch).toMatchObject({ certainty: 'certain', routes: expect.anything() })
  expect(['none', 'internal']).toContain(batch?.value)
  expect(batch?.closed_by?.length).toBeGreaterThan(0)
  expect(exposure(ec2(`instance/${instances.bastion}`))?.value).toBe('internet_restricted')
  expect(exposure('arn:aws:s3:::acme-customer-exports')).toMatchObject({
    value: 'internet_sensitive',
    anonymous_access: 'read',
  })
  expect(exposure(BLOCKED)).toMatchObject({ certainty: 'certain', anonymous_access: 'no' })
  expect(exposure(OFFICE)?.value).toBe('internet_restricted')
  expect(exposure(FUNCTION)).toMatchObject({ value: 'none', certainty: 'certain' })

  for (const uid of [BLOCKED, OFFICE, ec2(`instance/${instances.batch}`)])
    expect(urgency(after.get(uid)!.priority), uid).toBeLessThan(urgency(before.get(uid)!.priority))
  const claimed = after.get(BLOCKED)?.findings.get('s3_bucket_public_access')
  expect(claimed?.risk_details).toContain('Not reachable from outside: RestrictPublicBuckets')
  expect(claimed?.risk_details).toContain('Prowler states that the internet can reach its data')

  await grantInvocation(scanned.account.url)
  const granted = await scanned.table()
  expect(granted.get(FUNCTION)?.exposure).toMatchObject({ value: 'internet', certainty: 'certain' })
})

/** The second of the grants by which anybody may call the function at its URL. */
async function grantInvocation(endpoint: string): Promise<void> {
  const permission = new AddPermissionCommand({
    FunctionName: 'acme-webhook',
    StatementId: 'anyone-through-url',
    Principal: '*',
    Action: 'lambda:InvokeFunction',
    InvokedViaFunctionUrl: true,
  })
  await using(new LambdaClient(seedTarget(endpoint)), (lambda) => lambda.send(permission))
}
