import { describe, expect, test } from 'vitest'
import { InventoryBench, outcomes } from '../../collectors/aws-inventory/sample-inventory.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { SampleAccount } from '../servers/moto/sample-account.ts'
import { SAMPLE_ACCOUNT, SAMPLE_REGION } from '../servers/moto/seed/seeded.ts'

const timeout = 300_000
const schemas = new SchemaRegistry()
const ec2 = (resource: string): string => `arn:aws:ec2:${SAMPLE_REGION}:${SAMPLE_ACCOUNT}:${resource}`
const EC2_ONLY = {
  leaveOut: [
    'elasticloadbalancing',
    's3',
    'rds',
    'lambda',
    'eks',
    'sqs',
    'sns',
    'kms',
    'secretsmanager',
    'iam',
    'organizations',
  ],
}

describe('the inventory of an account', () => {
  test('has every resource, valid, and every scan is complete', { timeout }, async (context) => {
    const account = await SampleAccount.open(context)
    const swept = await new InventoryBench(account).sweep()
    expect(swept.error).toBeUndefined()
    expect(Object.entries(outcomes(swept)).filter(([, each]) => !each.startsWith('complete'))).toEqual([])
    for (const each of swept.events) schemas.encode('posture-event', each)
    for (const each of swept.documents.values()) schemas.encode('asset-document', each)
    expect(new Set(swept.events.map(({ id }) => id)).size).toBe(swept.events.length)
    expect(swept.read).toBe(0)
    expect(outcomes(swept)).toMatchObject({
      [`AWS::EC2::Instance ${SAMPLE_REGION}`]: 'complete 4',
      [`AWS::EC2::NetworkInterface ${SAMPLE_REGION}`]: 'complete 4',
      [`AWS::EC2::Snapshot ${SAMPLE_REGION}`]: 'complete 1',
      [`AWS::Account::RegionSettings ${SAMPLE_REGION}`]: 'complete 1',
      [`AWS::S3::Bucket ${SAMPLE_REGION}`]: 'complete 6',
      [`AWS::RDS::DBInstance ${SAMPLE_REGION}`]: 'complete 1',
      [`AWS::Lambda::Function ${SAMPLE_REGION}`]: 'complete 1',
      'AWS::IAM::User': 'complete 2',
    })
  })

  test('says how its network hangs together', { timeout }, async (context) => {
    const account = await SampleAccount.open(context)
    const { network, instances } = account.seeded!
    const { documents, completed } = await new InventoryBench(account, EC2_ONLY).sweep()
    const web = documents.get(ec2(`instance/${instances.web}`))!
    expect(web).toMatchObject({
      state: 'running',
      groups: [ec2(`security-group/${network.openGroup}`)],
      subnet: ec2(`subnet/${network.publicSubnet}`),
      vpc: ec2(`vpc/${network.vpc}`),
      instanceProfile: `arn:aws:iam::${SAMPLE_ACCOUNT}:instance-profile/acme-web`,
      metadata: { tokens: 'optional' },
      tags: [
        { name: 'Name', value: 'web-1' },
        { name: 'environment', value: 'production' },
      ],
    })
    const [uid] = (web as { interfaces: string[] }).interfaces
    expect(documents.get(uid!)).toMatchObject({
      instance: ec2(`instance/${instances.web}`),
      addresses: [{ private: expect.stringMatching(/^10\.20\.1\./), public: expect.stringMatching(/^\d/) }],
      ipv6: [],
    })
    expect(documents.get(ec2(`route-table/${network.routeTable}`))).toMatchObject({
      main: false,
      subnets: [ec2(`subnet/${network.publicSubnet}`)],
      routes: [
        { to: '10.20.0.0/16', via: 'local', state: 'active' },
        { to: '0.0.0.0/0', via: 'internet-gateway', target: ec2(`internet-gateway/${network.internetGateway}`) },
      ],
    })
    expect(documents.get(ec2(`internet-gateway/${network.internetGateway}`))).toMatchObject({
      vpcs: [ec2(`vpc/${network.vpc}`)],
    })
    expect(documents.get(ec2(`security-group/${network.officeGroup}`))).toMatchObject({
      ingress: [{ protocol: 'tcp', ports: [22, 22], cidrs: ['198.51.100.0/24'], groups: [], prefixLists: [] }],
      egress: [{ protocol: '-1', cidrs: ['0.0.0.0/0'] }],
    })
    expect(documents.get(ec2(`snapshot/${instances.publicSnapshot}`))).toMatchObject({
      public: true,
      sharedWith: [],
      volume: ec2(`volume/${instances.volume}`),
    })
    expect(documents.get(`arn:aws:account::${SAMPLE_ACCOUNT}:region/${SAMPLE_REGION}`)).toEqual({
      type: 'AWS::Account::RegionSettings',
      vpcBlockPublicAccess: { mode: 'off', exclusions: [] },
      snapshotBlock: 'unblocked',
      imageBlock: 'unblocked',
    })
    const acl = [...documents.values()].find((each) => each.type === 'AWS::EC2::NetworkAcl')!
    expect(acl.entries).toContainEqual({
      number: 32767,
      direction: 'in',
      action: 'deny',
      protocol: '-1',
      cidr: '0.0.0.0/0',
    })
    const cloudFront = [...documents.values()].find(
      (each) => each.type === 'AWS::EC2::PrefixList' && each.name?.includes('cloudfront'),
    )
    expect(cloudFront).toMatchObject({ managedBy: 'aws', cidrs: expect.arrayContaining(['130.176.0.0/18']) })
    expect(completed.every(({ scope }) => scope.account === SAMPLE_ACCOUNT)).toBe(true)
  })

  test('is a fact also where it is empty', { timeout }, async (context) => {
    const account = await SampleAccount.open(context, { empty: true })
    const swept = await new InventoryBench(account, { ...EC2_ONLY, regions: ['eu-west-1'] }).sweep()
    expect(swept.error).toBeUndefined()
    expect(outcomes(swept)).toMatchObject({
      'AWS::EC2::Instance eu-west-1': 'complete 0',
      'AWS::EC2::Snapshot eu-west-1': 'complete 0',
    })
  })
})

describe('an account that refuses something', () => {
  test('has that scan failed and all others complete, is told once, and is no error', { timeout }, async (context) => {
    const account = await SampleAccount.open(context)
    account.refuse('DescribeSecurityGroups', 'UnauthorizedOperation')
    const bench = new InventoryBench(account, EC2_ONLY)
    const collector = bench.open()
    const swept = await bench.sweep(undefined, { collector })
    await bench.sweep(swept.position, { collector })
    expect(swept.error).toBeUndefined()
    const { [`AWS::EC2::SecurityGroup ${SAMPLE_REGION}`]: groups, ...others } = outcomes(swept)
    expect(groups).toBe('failed 0')
    expect(Object.values(others).every((each) => each.startsWith('complete'))).toBe(true)
    const scan = swept.completed.find(({ outcome }) => outcome === 'failed')!
    expect(scan.reason).toContain('ec2:DescribeSecurityGroups in us-east-1 is denied; grant it')
    expect(bench.logged.filter(({ message }) => message.includes('ec2-security-groups'))).toHaveLength(1)
  })

  test('says of one property that it was refused, and knows the rest', { timeout }, async (context) => {
    const account = await SampleAccount.open(context)
    account.refuse('DescribeSnapshotAttribute', 'UnauthorizedOperation')
    account.refuse('DescribeVpcBlockPublicAccessOptions', 'UnauthorizedOperation')
    const swept = await new InventoryBench(account, EC2_ONLY).sweep()
    expect(Object.values(outcomes(swept)).every((each) => each.startsWith('complete'))).toBe(true)
    const snapshot = swept.documents.get(ec2(`snapshot/${account.seeded!.instances.publicSnapshot}`))!
    expect(snapshot).not.toHaveProperty('public')
    expect(snapshot).toMatchObject({ encrypted: false, refused: { public: expect.stringContaining('is denied') } })
    const settings = swept.documents.get(`arn:aws:account::${SAMPLE_ACCOUNT}:region/${SAMPLE_REGION}`)!
    expect(settings).toMatchObject({ imageBlock: 'unblocked', refused: { vpcBlockPublicAccess: expect.any(String) } })
    for (const each of swept.documents.values()) schemas.encode('asset-document', each)
  })

  test('is asked again where it only throttles, and nothing is lost', { timeout }, async (context) => {
    const account = await SampleAccount.open(context)
    account.refuse('DescribeInstances', 'RequestLimitExceeded', { status: 503, times: 2 })
    const swept = await new InventoryBench(account, { ...EC2_ONLY, patience: '1m' }).sweep()
    expect(swept.error).toBeUndefined()
    expect(outcomes(swept)[`AWS::EC2::Instance ${SAMPLE_REGION}`]).toBe('complete 4')
  })

  test(
    'that is out of reach in one service is named at the end; the rest is complete',
    { timeout },
    async (context) => {
      const account = await SampleAccount.open(context)
      account.refuse('DescribeVolumes', 'InternalError', { status: 500 })
      const swept = await new InventoryBench(account, { ...EC2_ONLY, patience: '1s' }).sweep()
      expect(swept.error).toMatchObject({
        code: 'INVENTORY_INCOMPLETE',
        message: expect.stringContaining('DescribeVolumes'),
      })
      expect(outcomes(swept)).toMatchObject({
        [`AWS::EC2::Volume ${SAMPLE_REGION}`]: 'failed 0',
        [`AWS::EC2::Snapshot ${SAMPLE_REGION}`]: 'complete 1',
      })
    },
  )
})
