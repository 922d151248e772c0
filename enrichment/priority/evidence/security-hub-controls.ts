import {
  ADMIN,
  BROAD,
  CONDITIONAL,
  HYGIENE,
  OPEN_CALL,
  OTHER_TENANTS,
  PUBLIC_READ,
  PUBLIC_WRITE,
  REACHABLE,
  SECRET,
  SENSITIVE_PORT,
  type ControlMeaning,
} from './control-meaning.ts'

/**
 * What Security Hub's controls mean, by their consolidated ids. Reviewed against the Foundational Security Best
 * Practices, the CIS benchmarks and PCI DSS by their titles; what no line names is unknown. Where a number is retired,
 * old findings still carry it.
 */
const GROUPS: readonly (readonly [controls: string, meaning: ControlMeaning])[] = [
  // Data that anybody may have: buckets, snapshots, documents, the bucket of a trail.
  ['S3 2; EC2 1; RDS 1; DocumentDB 3; Neptune 3; SSM 4; CloudTrail 6', PUBLIC_READ],
  ['S3 3', PUBLIC_WRITE],
  // What answers to anybody: functions, queues, topics, keys, routes without an authorizer, brokers and guests without a name,
  // a distribution whose origin somebody else may make.
  ['Lambda 1; SNS 4; SQS 3; KMS 5; APIGateway 8; MSK 6; Cognito 2; CloudFront 12', OPEN_CALL],
  // Secrets in clear, in variables and addresses.
  ['CodeBuild 1 2; ECS 8', SECRET],
  // Open to anywhere through a port for administrators, or a database's.
  ['EC2 13 14 19 21 53 54; RDS 2 46; Redshift 1 15; RedshiftServerless 3; DMS 1; MSK 4', SENSITIVE_PORT],
  ['EC2 9 18; ECS 2 16; EKS 1; EMR 1; ES 2; Opensearch 2', REACHABLE],
  ['S3 6; EC2 23; ServiceCatalog 1', OTHER_TENANTS],
  // Everything; the root user; what decrypts, or does, anything of a service.
  ['IAM 1 4 6 9', ADMIN],
  ['IAM 21; KMS 1 2', BROAD],
  // Keys, factors and roles.
  ['IAM 3 5 8 19 22 27; Cognito 5; AppSync 5; ElastiCache 6; MSK 3; DMS 11; Opensearch 7; EventBridge 3', CONDITIONAL],
  // Guards and defaults: public access blocks, automatic addresses, default groups.
  ['S3 1 8 19 24; EC2 2 15 25 172 182; AutoScaling 5; EFS 6; EMR 2; SSM 7; RDS 18; SageMaker 1', CONDITIONAL],
  ['CloudFront 1 2 13 16; NetworkFirewall 4 5', CONDITIONAL],
  // Metadata without tokens, containers with more than they need, what is old.
  ['EC2 8 170; AutoScaling 3 4; ECS 1 3 4 17 20 21; CodeBuild 5; SageMaker 3', CONDITIONAL],
  ['Lambda 2; EKS 2 9; SSM 2; ECS 10; Glue 4; SageMaker 8; ElasticBeanstalk 2; Opensearch 10', CONDITIONAL],
  // On the wire.
  ['APIGateway 2 10 11; AppSync 6; CloudFront 3 9 10 15; DMS 9 12; DocumentDB 6; DynamoDB 7; ECS 18', CONDITIONAL],
  [
    'ElastiCache 5; ELB 1 3 4 8 12 14 17 18 21 22; EMR 4; ES 3 8; MSK 1; Opensearch 3 8; RDS 38 39 41 43 44',
    CONDITIONAL,
  ],
  ['Redshift 2; RedshiftServerless 2; S3 5; SES 3; Transfer 2; ACM 2', CONDITIONAL],
  // Records, copies, spares, encryption at rest, rotation, order, and what watches.
  ['Account 1 2; ACM 1; APIGateway 1 3 4 5 9; AppSync 1 2; Athena 1 4; AutoScaling 1 2 6 9; Backup 1', HYGIENE],
  ['CloudFormation 1 3 4; CloudFront 4 5 6 7 8 17; CodeBuild 3 4 7; Cognito 1 3 4 6; Config 1; Connect 2', HYGIENE],
  ['CloudTrail 1 2 3 4 5 7 10; CloudWatch 1-17; DataFirehose 1; DataSync 1; DMS 6 7 8 10 13', HYGIENE],
  ['DocumentDB 1 2 4 5; DynamoDB 1 2 3 4 6; EC2 3 4 6 7 10 12 16 17 20 22 24 28 51 55-58 60 171 173 180 181', HYGIENE],
  ['ECR 1 2 3 5; ECS 5 9 12 19; EFS 1 2 3 4 7 8; EKS 3 8; ElastiCache 1 2 3 4 7; ElasticBeanstalk 1 3', HYGIENE],
  ['ELB 2 5 6 7 9 10 13 16; EMR 3; ES 1 4 5 6 7; EventBridge 4; FSx 1-5; Glue 3; GuardDuty 1 5-13', HYGIENE],
  ['IAM 2 7 10-18 26 28; Inspector 1-4; Kinesis 1 3; KMS 3 4; Lambda 3 5 7; Macie 1 2; MQ 2 3 5 6; MSK 2 5', HYGIENE],
  [
    'Neptune 1 2 4-9; NetworkFirewall 1 2 3 6 9 10; Opensearch 1 4 5 6 11; PCA 1; PrivateCertificateAuthority 1; Route53 2',
    HYGIENE,
  ],
  ['RDS 3-17 19-27 34-37 40 42 45 47 48 50; Redshift 3 4 6-10 16 18; RedshiftServerless 1 4-7', HYGIENE],
  ['S3 4 7 9-15 17 20 22 23 25; SageMaker 2 4 5 9-15; SecretsManager 1-4; SNS 1 2; SQS 1; SSM 1 3 5 6', HYGIENE],
  ['StepFunctions 1; Transfer 3; WAF 1-12; WorkSpaces 1 2', HYGIENE],
]

/** The controls of the tagging standard say so in their titles, and there is one a kind of resource. */
const TAGGING = /\bshould be tagged$/i
/** Prowler's map writes OpenSearch, Security Hub Opensearch. */
const CONTROLS: ReadonlyMap<string, ControlMeaning> = new Map(
  GROUPS.flatMap(([controls, meaning]) => idsOf(controls).map((id) => [id.toLowerCase(), meaning] as const)),
)

/** What it means to fail one of Security Hub's controls; undefined where nobody has considered it. */
export function securityHubControl(control: string, title: string): ControlMeaning | undefined {
  return CONTROLS.get(control.toLowerCase()) ?? (TAGGING.test(title) ? HYGIENE : undefined)
}

/** `EC2 1 3-5; S3 8` are EC2.1, EC2.3, EC2.4, EC2.5 and S3.8. */
function idsOf(controls: string): string[] {
  return controls.split('; ').flatMap((family) => {
    const [name = '', ...numbers] = family.split(' ')
    return numbers.flatMap((each) => {
      const [first = 0, last = first] = each.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, offset) => `${name}.${first + offset}`)
    })
  })
}
