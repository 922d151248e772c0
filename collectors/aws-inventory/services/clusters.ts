import type { Cluster } from '@aws-sdk/client-eks'
import type { EksCluster } from '../../../schemas/generated/asset-document.ts'
import type { Calls, Described, Describer } from '../describer.ts'
import { uidOf, uidsOf } from '../ec2/uids.ts'
import { described, documentOf, setOf, tagsOfRecord, textOf, type Place } from './facts.ts'
import { concurrently, pages } from './listing.ts'

const TYPE = 'AWS::EKS::Cluster'
const GONE = ['ResourceNotFoundException']
/** What EKS lets reach a public endpoint unless told otherwise. */
const EVERYWHERE = ['0.0.0.0/0']

/** EKS clusters with whom their endpoints answer. */
export const clusters: Describer = {
  name: 'eks-clusters',
  service: 'eks',
  types: [TYPE],
  scope: 'regional',
  permissions: ['eks:ListClusters', 'eks:DescribeCluster'],
  changedBy: /^((Create|Delete)Cluster|UpdateClusterConfig|(Tag|Untag)Resource)$/,
  describe: describeClusters,
}

async function* describeClusters(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-eks')
  const client = () => calls.client('eks', (options) => new sdk.EKSClient(options))
  const list = (nextToken: string | undefined) =>
    calls.send('eks:ListClusters', async (options) =>
      client().send(new sdk.ListClustersCommand({ nextToken }), options),
    )
  for await (const { clusters: names = [] } of pages(list, ({ nextToken }) => nextToken))
    for await (const { name, attempted } of concurrently(names, async (cluster) => ({
      name: cluster,
      attempted: await calls.attempt(
        'eks:DescribeCluster',
        async (options) => client().send(new sdk.DescribeClusterCommand({ name: cluster }), options),
        GONE,
      ),
    }))) {
      const uid = calls.arn('eks', `cluster/${name}`)
      if ('refused' in attempted) yield described(uid, refusedCluster(attempted.refused))
      if ('value' in attempted) yield described(uid, clusterDocument(attempted.value.cluster ?? {}, calls))
    }
}

export function clusterDocument({ resourcesVpcConfig: network, roleArn, tags }: Cluster, place: Place): EksCluster {
  const groups = network && [...(network.securityGroupIds ?? []), network.clusterSecurityGroupId]
  const isPublic = network?.endpointPublicAccess
  return documentOf<EksCluster>({
    type: TYPE,
    endpointPublic: isPublic,
    endpointPrivate: network?.endpointPrivateAccess,
    publicCidrs: setOf(network?.publicAccessCidrs) ?? (isPublic === true ? EVERYWHERE : undefined),
    vpc: uidOf(place, 'vpc', network?.vpcId),
    subnets: uidsOf(place, 'subnet', network?.subnetIds),
    groups: uidsOf(place, 'security-group', groups),
    role: textOf(roleArn),
    tags: tagsOfRecord(tags),
  })
}

/** That there is one, and no more. */
function refusedCluster(reason: string): EksCluster {
  const properties = ['endpointPublic', 'endpointPrivate', 'publicCidrs', 'vpc', 'subnets', 'groups', 'role', 'tags']
  return { type: TYPE, refused: Object.fromEntries(properties.map((property) => [property, reason])) }
}
