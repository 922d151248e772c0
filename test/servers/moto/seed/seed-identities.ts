import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { SAMPLE_ACCOUNT, policy, using, type SeedTarget } from './seeded.ts'

const ADMIN_ROLE = `arn:aws:iam::${SAMPLE_ACCOUNT}:role/acme-admin`

/** An administrator's role, one that can become it, one that reads data, one for functions, and two users. */
export async function seedIdentities(target: SeedTarget): Promise<void> {
  await using(new IAMClient(target), async (iam) => {
    const PolicyDocument = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
    const made = await iam.send(new CreatePolicyCommand({ PolicyName: 'acme-everything', PolicyDocument }))
    const PolicyArn = made.Policy!.Arn!
    await seedRoles(iam, PolicyArn)
    await seedUsers(iam, PolicyArn)
  })
}

async function seedRoles(iam: IAMClient, PolicyArn: string): Promise<void> {
  const ofAccount = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: `arn:aws:iam::${SAMPLE_ACCOUNT}:root` },
  }
  await iam.send(new CreateRoleCommand({ RoleName: 'acme-admin', AssumeRolePolicyDocument: policy(ofAccount) }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'acme-admin', PolicyArn }))
  await serviceRole(iam, 'acme-web', 'ec2')
  const escalate = policy(
    { Effect: 'Allow', Action: ['sts:AssumeRole', 'iam:PassRole'], Resource: ADMIN_ROLE },
    { Effect: 'Allow', Action: ['ec2:RunInstances', 'lambda:CreateFunction', 'lambda:InvokeFunction'], Resource: '*' },
  )
  await putRolePolicy(iam, 'acme-web', 'escalate', escalate)
  await serviceRole(iam, 'acme-reader', 'ec2')
  const read = {
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:ListBucket'],
    Resource: 'arn:aws:s3:::acme-customer-exports*',
  }
  await putRolePolicy(iam, 'acme-reader', 'read-exports', policy(read))
  await serviceRole(iam, 'acme-function', 'lambda')
  for (const name of ['acme-web', 'acme-reader']) {
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }))
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }))
  }
}

async function serviceRole(iam: IAMClient, RoleName: string, service: string): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }))
}

async function putRolePolicy(iam: IAMClient, RoleName: string, PolicyName: string, PolicyDocument: string) {
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }))
}

async function seedUsers(iam: IAMClient, PolicyArn: string): Promise<void> {
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  await iam.send(new CreateLoginProfileCommand({ UserName: 'alice', Password: 'Example-Passw0rd!' }))
  for (const UserName of ['alice', 'alice']) await iam.send(new CreateAccessKeyCommand({ UserName }))
  await iam.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn }))
  await iam.send(new CreateUserCommand({ UserName: 'ci' }))
  const Action = ['iam:PassRole', 'lambda:*', 'iam:CreatePolicyVersion']
  const PolicyDocument = policy({ Effect: 'Allow', Action, Resource: '*' })
  await iam.send(new PutUserPolicyCommand({ UserName: 'ci', PolicyName: 'passrole', PolicyDocument }))
  await iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }))
}
