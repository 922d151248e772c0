import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AssetType, Calls, Described, Describer } from '../describer.ts'
import { described, isGone, notListed } from './facts.ts'
import { concurrently, groupsOf, stillThere } from './listing.ts'
import { GONE, LoadBalancerCalls } from './load-balancer-calls.ts'
import { listenerDocument, loadBalancerDocument, targetGroupDocument } from './load-balancer-documents.ts'

const SERVICE = 'elasticloadbalancing'
const LISTENER: AssetType = 'AWS::ElasticLoadBalancingV2::Listener'
/** DescribeTags takes so many at once. */
const TAGGED_AT_ONCE = 20

/** Application, network and gateway load balancers, their listeners and their target groups. */
export const loadBalancers: readonly Describer[] = [
  {
    name: 'elb-load-balancers',
    service: SERVICE,
    types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'],
    scope: 'regional',
    permissions: ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTags'],
    changedBy: /^((Create|Delete)LoadBalancer|Set(SecurityGroups|Subnets)|(Add|Remove)Tags)$/,
    describe: describeLoadBalancers,
  },
  {
    name: 'elb-listeners',
    service: SERVICE,
    types: [LISTENER],
    scope: 'regional',
    permissions: [
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTags',
    ],
    changedBy: /^((Create|Modify|Delete)(Listener|Rule)|DeleteLoadBalancer|SetRulePriorities|(Add|Remove)Tags)$/,
    describe: describeListeners,
  },
  {
    name: 'elb-target-groups',
    service: SERVICE,
    types: ['AWS::ElasticLoadBalancingV2::TargetGroup'],
    scope: 'regional',
    permissions: [
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
      'elasticloadbalancing:DescribeTargetGroupAttributes',
      'elasticloadbalancing:DescribeTags',
    ],
    changedBy:
      /^((Create|Modify|Delete)TargetGroup|ModifyTargetGroupAttributes|(R|Der)egisterTargets|(Add|Remove)Tags)$/,
    describe: describeTargetGroups,
  },
]

async function* describeLoadBalancers(calls: Calls): AsyncGenerator<Described> {
  const elb = await LoadBalancerCalls.open(calls)
  for await (const page of elb.loadBalancers())
    for (const group of groupsOf(page, TAGGED_AT_ONCE)) {
      const tagsOf = await elb.tags(group.map(({ LoadBalancerArn }) => LoadBalancerArn))
      for (const each of group) {
        const { LoadBalancerArn: uid } = each
        yield described(uid, loadBalancerDocument(each, tagsOf(uid), calls))
      }
    }
}

async function* describeListeners(calls: Calls): AsyncGenerator<Described> {
  const elb = await LoadBalancerCalls.open(calls)
  for await (const page of elb.loadBalancers())
    for await (const listeners of concurrently(page, async ({ LoadBalancerArn }) => elb.listeners(LoadBalancerArn))) {
      // Nothing of the kind is to be had in this account: another thousand calls would not change that.
      if ('refused' in listeners) {
        yield notListed([LISTENER], listeners.refused)
        return
      }
      if ('value' in listeners) yield* listenersIn(elb, listeners.value)
    }
}

async function* listenersIn(elb: LoadBalancerCalls, listeners: readonly Listener[]): AsyncGenerator<Described> {
  for (const group of groupsOf(listeners, TAGGED_AT_ONCE)) {
    const tagsOf = await elb.tags(group.map(({ ListenerArn }) => ListenerArn))
    yield* stillThere(group, async (listener) => {
      const { ListenerArn: uid } = listener
      const rules = hasRules(listener) ? await elb.rules(uid) : undefined
      if (rules !== undefined && isGone(rules, GONE)) return undefined
      return described(uid, listenerDocument(listener, rules, tagsOf(uid)))
    })
  }
}

/** Only those of application load balancers have rules beside their default actions. */
function hasRules({ Protocol }: Listener): boolean {
  return Protocol === 'HTTP' || Protocol === 'HTTPS'
}

async function* describeTargetGroups(calls: Calls): AsyncGenerator<Described> {
  const elb = await LoadBalancerCalls.open(calls)
  for await (const page of elb.targetGroups())
    for (const group of groupsOf(page, TAGGED_AT_ONCE)) {
      const tagsOf = await elb.tags(group.map(({ TargetGroupArn }) => TargetGroupArn))
      yield* stillThere(group, async (each) => {
        const { TargetGroupArn: uid } = each
        const [health, attributes] = await Promise.all([elb.health(uid), elb.attributes(uid)])
        if (isGone(health, GONE)) return undefined
        return described(uid, targetGroupDocument(each, { health, attributes, tags: tagsOf(uid) }, calls))
      })
    }
}
