import type { LoadBalancerDescription, Tag } from '@aws-sdk/client-elastic-load-balancing'
import type { ClassicListener, ClassicLoadBalancer } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { uidOf, uidsOf } from '../ec2/uids.ts'
import { described, documentOf, factOf, oneOf, tagsOf, textOf, type Place } from './facts.ts'
import { groupsOf, pages } from './listing.ts'

/** DescribeTags takes so many names at once. */
const TAGGED_AT_ONCE = 20
const PAGE_SIZE = 400

/** Classic load balancers. */
export const classicLoadBalancers: Describer = {
  name: 'elb-classic-load-balancers',
  service: 'elasticloadbalancing',
  types: ['AWS::ElasticLoadBalancing::LoadBalancer'],
  scope: 'regional',
  permissions: ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTags'],
  changedBy:
    /^((Create|Delete)LoadBalancer(Listeners)?|(R|Der)egisterInstances(With|From)LoadBalancer|(Attach|Detach)LoadBalancer(To|From)Subnets|ApplySecurityGroupsToLoadBalancer|(Add|Remove)Tags)$/,
  describe: describeClassic,
}

async function* describeClassic(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-elastic-load-balancing')
  const client = () => calls.client('elb', (options) => new sdk.ElasticLoadBalancingClient(options))
  const list = (Marker: string | undefined) =>
    calls.send('elasticloadbalancing:DescribeLoadBalancers', async (options) =>
      client().send(new sdk.DescribeLoadBalancersCommand({ Marker, PageSize: PAGE_SIZE }), options),
    )
  for await (const { LoadBalancerDescriptions = [] } of pages(list, ({ NextMarker }) => NextMarker))
    for (const group of groupsOf(LoadBalancerDescriptions, TAGGED_AT_ONCE)) {
      const LoadBalancerNames = group
        .map(({ LoadBalancerName }) => LoadBalancerName)
        .filter((each) => each !== undefined)
      const tagged = await calls.attempt(
        'elasticloadbalancing:DescribeTags',
        async (options) => client().send(new sdk.DescribeTagsCommand({ LoadBalancerNames }), options),
        ['AccessPointNotFoundException', 'LoadBalancerNotFound'],
      )
      for (const each of group) {
        const { LoadBalancerName: name } = each
        const uid = textOf(name) && calls.arn('elasticloadbalancing', `loadbalancer/${name}`)
        const tags = 'value' in tagged ? tagsNamed(tagged.value.TagDescriptions, name) : tagged
        yield described(uid, classicDocument(each, tags, calls))
      }
    }
}

function tagsNamed(
  descriptions: readonly { LoadBalancerName?: string | undefined; Tags?: Tag[] | undefined }[] | undefined,
  name: string | undefined,
): Attempted<readonly Tag[]> {
  const found = descriptions?.find(({ LoadBalancerName }) => LoadBalancerName === name)
  return found === undefined ? { absent: 'not in the answer' } : { value: found.Tags ?? [] }
}

export function classicDocument(
  balancer: LoadBalancerDescription,
  tags: Attempted<readonly Tag[]>,
  place: Place,
): ClassicLoadBalancer {
  return documentOf<ClassicLoadBalancer>(
    {
      type: 'AWS::ElasticLoadBalancing::LoadBalancer',
      scheme: oneOf(['internet-facing', 'internal'], balancer.Scheme),
      vpc: uidOf(place, 'vpc', balancer.VPCId),
      subnets: uidsOf(place, 'subnet', balancer.Subnets),
      groups: uidsOf(place, 'security-group', balancer.SecurityGroups),
      listeners: balancer.ListenerDescriptions?.flatMap(({ Listener }) => listenerOf(Listener) ?? []),
      instances: uidsOf(
        place,
        'instance',
        balancer.Instances?.map(({ InstanceId }) => InstanceId),
      ),
    },
    { tags: factOf(tags, tagsOf) },
  )
}

type AwsListener = NonNullable<NonNullable<LoadBalancerDescription['ListenerDescriptions']>[number]['Listener']>

function listenerOf(listener: AwsListener | undefined): ClassicListener | undefined {
  const { LoadBalancerPort: port, InstancePort: instancePort, Protocol } = listener ?? {}
  if (port === undefined || instancePort === undefined) return undefined
  const protocol = textOf(Protocol)
  return { port, instancePort, ...(protocol === undefined ? {} : { protocol }) }
}
