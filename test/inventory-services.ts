import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks'
import {
  CreateLoadBalancerCommand as CreateClassicCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateGroupCommand, IAMClient, PutGroupPolicyCommand } from '@aws-sdk/client-iam'
import { KMSClient, CreateKeyCommand, TagResourceCommand } from '@aws-sdk/client-kms'
import {
  CreateOrganizationCommand,
  CreateOrganizationalUnitCommand,
  CreateAccountCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations'
import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds'
import { PutPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateSecretCommand, PutResourcePolicyCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { policy, using, type SeedTarget } from './servers/moto/seed/seeded.ts'

export const OTHER_REGION = 'eu-west-1'

/** What a moto was filled with beside the sample account, by what is not known before. */
export interface SeededServices {
  readonly vpc: string
  readonly subnets: readonly string[]
  readonly group: string
  readonly loadBalancer: string
  readonly listener: string
  readonly targetGroup: string
  readonly secret: string
  readonly key: string
  readonly organization: string
  readonly member: { readonly arn: string; readonly unit: string; readonly root: string }
}

/** Adds what the sample account lacks: load balancers, a cluster of each kind, secrets, an organisation. */
export async function seedServices(target: SeedTarget, account: string): Promise<SeededServices> {
  const network = await seedNetwork(target)
  const balancers = await seedLoadBalancers(target, network)
  await seedClusters(target, network)
  const secret = await seedSecrets(target)
  const key = await seedKeys(target)
  await seedGroup(target)
  await seedQueueAndBucket(target)
  await blockAccount(target, account)
  return { ...network, ...balancers, secret, key, ...(await seedOrganization(target)) }
}

type Network = Pick<SeededServices, 'vpc' | 'subnets' | 'group'>

async function seedNetwork(target: SeedTarget): Promise<Network> {
  return using(new EC2Client(target), async (ec2) => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
    const VpcId = Vpc!.VpcId!
    const subnets: string[] = []
    for (const zone of ['a', 'b']) {
      const CidrBlock = `10.9.${subnets.length}.0/24`
      const AvailabilityZone = `${target.region}${zone}`
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }))
      subnets.push(Subnet!.SubnetId!)
    }
    const group = await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: 'web', Description: 'web' }))
    return { vpc: VpcId, subnets, group: group.GroupId! }
  })
}

async function seedLoadBalancers(target: SeedTarget, { vpc, subnets, group }: Network) {
  await using(new ElasticLoadBalancingClient(target), async (elb) => {
    const Listeners = [{ Protocol: 'HTTP', LoadBalancerPort: 80, InstancePort: 8080 }]
    const Tags = [{ Key: 'team', Value: 'old' }]
    await elb.send(
      new CreateClassicCommand({
        LoadBalancerName: 'old',
        Listeners,
        Subnets: [subnets[0]!],
        SecurityGroups: [group],
        Tags,
      }),
    )
  })
  return using(new ElasticLoadBalancingV2Client(target), async (elb) => {
    const made = await elb.send(
      new CreateLoadBalancerCommand({
        Name: 'web',
        Scheme: 'internet-facing',
        Subnets: [...subnets],
        SecurityGroups: [group],
        Tags: [{ Key: 'team', Value: 'web' }],
      }),
    )
    const LoadBalancerArn = made.LoadBalancers![0]!.LoadBalancerArn!
    const toAddresses = { Name: 'web', TargetType: 'ip', Protocol: 'HTTP', Port: 8080, VpcId: vpc } as const
    const groups = await elb.send(new CreateTargetGroupCommand(toAddresses))
    const TargetGroupArn = groups.TargetGroups![0]!.TargetGroupArn!
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.9.0.7', Port: 8080 }] }))
    const listening = { LoadBalancerArn, Protocol: 'HTTP', Port: 80 } as const
    const deny = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } } as const
    const listeners = await elb.send(new CreateListenerCommand({ ...listening, DefaultActions: [deny] }))
    const ListenerArn = listeners.Listeners![0]!.ListenerArn!
    const Conditions = [{ Field: 'path-pattern', Values: ['/api/*'] }]
    const Actions = [{ Type: 'forward', TargetGroupArn } as const]
    await elb.send(new CreateRuleCommand({ ListenerArn, Priority: 1, Conditions, Actions }))
    return { loadBalancer: LoadBalancerArn, listener: ListenerArn, targetGroup: TargetGroupArn }
  })
}

async function seedClusters(target: SeedTarget, { subnets, group }: Network): Promise<void> {
  await using(new EKSClient(target), async (eks) => {
    const roleArn = 'arn:aws:iam::123456789012:role/eks'
    const resourcesVpcConfig = { subnetIds: [...subnets], securityGroupIds: [group], endpointPublicAccess: true }
    await eks.send(new CreateClusterCommand({ name: 'main', roleArn, resourcesVpcConfig, tags: { team: 'platform' } }))
  })
  await using(new RDSClient(target), async (rds) => {
    const DBSubnetGroupName = 'inner'
    await rds.send(
      new CreateDBSubnetGroupCommand({ DBSubnetGroupName, DBSubnetGroupDescription: 'inner', SubnetIds: [...subnets] }),
    )
    const Engine = 'aurora-mysql'
    const cluster = { DBClusterIdentifier: 'main', Engine }
    await rds.send(
      new CreateDBClusterCommand({
        ...cluster,
        MasterUsername: 'root',
        MasterUserPassword: 'hunter2hunter2',
        DBSubnetGroupName,
      }),
    )
    const DBInstanceClass = 'db.r5.large'
    await rds.send(
      new CreateDBInstanceCommand({ DBInstanceIdentifier: 'main-1', ...cluster, DBInstanceClass, DBSubnetGroupName }),
    )
    await rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: 'main', DBClusterSnapshotIdentifier: 's' }),
    )
  })
}

async function seedSecrets(target: SeedTarget): Promise<string> {
  return using(new SecretsManagerClient(target), async (secrets) => {
    await secrets.send(new CreateSecretCommand({ Name: 'own', SecretString: 'hunter2' }))
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'shared', SecretString: 'hunter2' }))
    const ResourcePolicy = policy({ Effect: 'Allow', Principal: '*', Action: 'secretsmanager:*', Resource: '*' })
    await secrets.send(new PutResourcePolicyCommand({ SecretId: ARN, ResourcePolicy }))
    return ARN!
  })
}

async function seedKeys(target: SeedTarget): Promise<string> {
  return using(new KMSClient(target), async (kms) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'of its own' }))
    const KeyId = KeyMetadata!.KeyId!
    await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'team', TagValue: 'platform' }] }))
    return KeyMetadata!.Arn!
  })
}

async function seedGroup(target: SeedTarget): Promise<void> {
  await using(new IAMClient(target), async (iam) => {
    const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })
    await iam.send(new CreateGroupCommand({ GroupName: 'people' }))
    await iam.send(new PutGroupPolicyCommand({ GroupName: 'people', PolicyName: 'buckets', PolicyDocument }))
  })
}

async function seedQueueAndBucket(target: SeedTarget): Promise<void> {
  await using(new SQSClient(target), async (sqs) => {
    await sqs.send(new CreateQueueCommand({ QueueName: 'own', tags: { team: 'web' } }))
  })
  await using(new S3Client({ ...target, region: OTHER_REGION, forcePathStyle: true }), async (s3) => {
    const CreateBucketConfiguration = { LocationConstraint: OTHER_REGION } as const
    await s3.send(new CreateBucketCommand({ Bucket: 'acme-elsewhere', CreateBucketConfiguration }))
  })
}

async function blockAccount(target: SeedTarget, AccountId: string): Promise<void> {
  const endpointProvider = () => ({ url: new URL(target.endpoint) })
  await using(new S3ControlClient({ ...target, endpointProvider }), async (control) => {
    const PublicAccessBlockConfiguration = { IgnorePublicAcls: true }
    await control.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration }))
  })
}

async function seedOrganization(target: SeedTarget): Promise<Pick<SeededServices, 'organization' | 'member'>> {
  return using(new OrganizationsClient(target), async (organizations) => {
    const { Organization } = await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }))
    const { Roots } = await organizations.send(new ListRootsCommand({}))
    const root = Roots![0]!.Id!
    const unit = { ParentId: root, Name: 'workloads' }
    const { OrganizationalUnit } = await organizations.send(new CreateOrganizationalUnitCommand(unit))
    const created = await organizations.send(
      new CreateAccountCommand({ AccountName: 'web', Email: 'web@acme.example' }),
    )
    const AccountId = created.CreateAccountStatus!.AccountId!
    const DestinationParentId = OrganizationalUnit!.Id!
    await organizations.send(new MoveAccountCommand({ AccountId, SourceParentId: root, DestinationParentId }))
    const { Id, MasterAccountId } = Organization!
    const arn = `arn:aws:organizations::${MasterAccountId!}:account/${Id!}/${AccountId}`
    return { organization: Id!, member: { arn, unit: DestinationParentId, root } }
  })
}
