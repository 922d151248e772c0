import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { SAMPLE_ACCOUNT, policy, tags, using, type SeedTarget } from './seeded.ts'

/** A database for everybody, and a snapshot of it that is shared with everybody. */
export async function seedDatabases(target: SeedTarget): Promise<void> {
  await using(new RDSClient(target), async (rds) => {
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'acme-orders',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        AllocatedStorage: 20,
        MasterUsername: 'root',
        MasterUserPassword: 'hunter2hunter2',
        PubliclyAccessible: true,
        StorageEncrypted: false,
        BackupRetentionPeriod: 0,
        Tags: tags({ 'data-classification': 'restricted' }),
      }),
    )
    const snapshot = { DBSnapshotIdentifier: 'acme-orders-public' }
    await rds.send(new CreateDBSnapshotCommand({ ...snapshot, DBInstanceIdentifier: 'acme-orders' }))
    await rds.send(
      new ModifyDBSnapshotAttributeCommand({ ...snapshot, AttributeName: 'restore', ValuesToAdd: ['all'] }),
    )
  })
}

/** A key that is never rotated; gives its id. */
export async function seedKey(target: SeedTarget): Promise<string> {
  return using(new KMSClient(target), async (kms) => {
    return (await kms.send(new CreateKeyCommand({ Description: 'never rotated' }))).KeyMetadata!.KeyId!
  })
}

/** An empty archive. */
const NO_CODE = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)])

/** A function with a URL that asks for no credentials, and the first of the two grants that it needs. */
export async function seedFunction(target: SeedTarget): Promise<void> {
  const FunctionName = 'acme-webhook'
  await using(new LambdaClient(target), async (lambda) => {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'python3.12',
        Handler: 'index.handler',
        Code: { ZipFile: NO_CODE },
        Role: `arn:aws:iam::${SAMPLE_ACCOUNT}:role/acme-function`,
        Environment: { Variables: { API_TOKEN: 'hunter2hunter2' } },
      }),
    )
    await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }))
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: 'anyone',
        Principal: '*',
        Action: 'lambda:InvokeFunctionUrl',
        FunctionUrlAuthType: 'NONE',
      }),
    )
  })
}

/** A queue to which everybody may send, and a topic. */
export async function seedQueues(target: SeedTarget): Promise<void> {
  const name = 'posture-findings'
  await using(new SQSClient(target), async (sqs) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
    const Resource = `arn:aws:sqs:${target.region}:${SAMPLE_ACCOUNT}:${name}`
    const Policy = policy({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource })
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  })
  await using(new SNSClient(target), (sns) => sns.send(new CreateTopicCommand({ Name: 'posture-alerts' })))
}
