/** What all describers call, and nothing else; a test holds it against them. */
export const ACTIONS: readonly string[] = [
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImages',
  'ec2:DescribeInstances',
  'ec2:DescribeInternetGateways',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshotAttribute',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSubnets',
  'ec2:DescribeVolumes',
  'ec2:DescribeVpcBlockPublicAccessExclusions',
  'ec2:DescribeVpcBlockPublicAccessOptions',
  'ec2:DescribeVpcPeeringConnections',
  'ec2:DescribeVpcs',
  'ec2:GetImageBlockPublicAccessState',
  'ec2:GetManagedPrefixListEntries',
  'ec2:GetSnapshotBlockPublicAccessState',
  'eks:DescribeCluster',
  'eks:ListClusters',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTags',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'iam:GetAccountAuthorizationDetails',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:ListKeys',
  'kms:ListResourceTags',
  'lambda:GetFunctionUrlConfig',
  'lambda:GetPolicy',
  'lambda:ListAliases',
  'lambda:ListFunctions',
  'lambda:ListTags',
  'organizations:DescribeOrganization',
  'organizations:ListAccounts',
  'organizations:ListParents',
  'organizations:ListTagsForResource',
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeDBSnapshotAttributes',
  'rds:DescribeDBSnapshots',
  's3:GetAccountPublicAccessBlock',
  's3:GetBucketAcl',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPolicy',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketTagging',
  's3:ListAllMyBuckets',
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:ListSecrets',
  'sns:GetTopicAttributes',
  'sns:ListTagsForResource',
  'sns:ListTopics',
  'sqs:GetQueueAttributes',
  'sqs:ListQueueTags',
  'sqs:ListQueues',
]

/** What the collector may do in AWS, and no more, in Markdown. */
export const ACCESS = `
The identity that the pipeline runs with, or each role of \`accounts\`, has this policy. It reads settings, never data: no
object, no secret's value, no message. An action that is left out makes what it would have read unknown, and nothing else.

\`\`\`json
${policy({ Effect: 'Allow', Action: ACTIONS, Resource: '*' })}
\`\`\`

\`organizations:\` is answered in the organisation's management account and in accounts that are delegated to: one account
with it is enough.

With \`accounts\`, the identity that the pipeline runs with may assume the roles:

\`\`\`json
${policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/posture-stream-inventory' })}
\`\`\`

and each role trusts that identity, by an external id where somebody else runs the pipeline:

\`\`\`json
${policy({
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::444455556666:role/posture-stream' },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': 'a value of your own' } },
})}
\`\`\`
`

/** What the collector of changes may do, and what must be set up, in Markdown. */
export const EVENTS_ACCESS = `
The roles are those of \`aws-inventory\`, with the same policy. For the queue, the role of \`queue.roleArn\`, or the identity
that the pipeline runs with, has this one:

\`\`\`json
${policy({
  Effect: 'Allow',
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
  Resource: 'arn:aws:sqs:eu-west-1:111122223333:changes',
})}
\`\`\`

The rule, in every account and region that is read (that of IAM in us-east-1), with the queue, or a bus that leads there, as
its target and without an input transformer. CloudTrail must record management events there.

\`\`\`json
${JSON.stringify(
  {
    source: ['aws.ec2', 'aws.elasticloadbalancing', 'aws.s3', 'aws.rds', 'aws.lambda', 'aws.eks', 'aws.iam'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { readOnly: [false] },
  },
  undefined,
  2,
)}
\`\`\`

Where AWS Config records anyway, its events do as well: \`aws.config\`, \`Config Configuration Item Change\`.
`

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)
}
