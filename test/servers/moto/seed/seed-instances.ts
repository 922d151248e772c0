import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import type { SeededNetwork } from './seed-network.ts'
import { tags, using, type SeedTarget } from './seeded.ts'

/** Ids of EC2. */
export interface SeededInstances {
  /** Open to everybody, by a role that can become administrator. */
  readonly web: string
  /** Open to everybody, by a role that reads data. */
  readonly exporter: string
  /** Open to one office. */
  readonly bastion: string
  /** With an open group, in a subnet without a way out. */
  readonly batch: string
  readonly volume: string
  readonly publicSnapshot: string
}

/** Four instances, a volume, and a snapshot of it that is shared with everybody. moto keeps groups on interfaces only. */
export async function seedInstances(target: SeedTarget, network: SeededNetwork): Promise<SeededInstances> {
  const { publicSubnet, privateSubnet, openGroup, officeGroup } = network
  const production = { environment: 'production' }
  return using(new EC2Client(target), async (ec2) => {
    return {
      web: await launch(ec2, { name: 'web-1', subnet: publicSubnet, group: openGroup, role: 'acme-web', production }),
      exporter: await launch(ec2, {
        name: 'export-1',
        subnet: publicSubnet,
        group: openGroup,
        role: 'acme-reader',
        production,
      }),
      bastion: await launch(ec2, { name: 'bastion-1', subnet: publicSubnet, group: officeGroup, role: 'acme-reader' }),
      batch: await launch(ec2, { name: 'batch-1', subnet: privateSubnet, group: openGroup, role: 'acme-web' }),
      ...(await seedVolume(ec2, `${target.region}a`)),
    }
  })
}

interface Launch {
  readonly name: string
  readonly subnet: string
  readonly group: string
  readonly role: string
  readonly production?: Readonly<Record<string, string>>
}

async function launch(ec2: EC2Client, { name, subnet, group, role, production = {} }: Launch): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12345678',
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 't3.micro',
      SubnetId: subnet,
      SecurityGroupIds: [group],
      IamInstanceProfile: { Name: role },
      MetadataOptions: { HttpTokens: 'optional' },
      TagSpecifications: [{ ResourceType: 'instance', Tags: tags({ Name: name, ...production }) }],
    }),
  )
  return Instances![0]!.InstanceId!
}

async function seedVolume(ec2: EC2Client, AvailabilityZone: string) {
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone, Size: 8, Encrypted: false }))
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId, Description: 'shared with everyone' }))
  await ec2.send(
    new ModifySnapshotAttributeCommand({
      SnapshotId,
      Attribute: 'createVolumePermission',
      OperationType: 'add',
      GroupNames: ['all'],
    }),
  )
  return { volume: VolumeId!, publicSnapshot: SnapshotId! }
}
