import type {
  Action,
  Listener as AwsListener,
  LoadBalancer as AwsLoadBalancer,
  Rule,
  Tag as AwsTag,
  TargetGroup as AwsTargetGroup,
  TargetGroupAttribute,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type {
  Listener,
  ListenerAction,
  LoadBalancer,
  Target,
  TargetGroup,
} from '../../../schemas/generated/asset-document.ts'
import type { Attempted } from '../describer.ts'
import { uidOf, uidsOf } from '../ec2/uids.ts'
import { documentOf, factOf, oneOf, order, portOf, setOf, tagsOf, textOf, type Fact, type Place } from './facts.ts'
import { functionUid } from './function-uid.ts'

export type Tagged = Attempted<readonly AwsTag[]>

const PRESERVES = 'preserve_client_ip.enabled'

/** What is known of a load balancer. One that is no application load balancer and names no groups was made without any. */
export function loadBalancerDocument(balancer: AwsLoadBalancer, tags: Tagged, place: Place): LoadBalancer {
  const kind = oneOf(['application', 'network', 'gateway'], balancer.Type)
  const groups = balancer.SecurityGroups ?? (kind === 'network' || kind === 'gateway' ? [] : undefined)
  return documentOf<LoadBalancer>(
    {
      type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      kind,
      scheme: oneOf(['internet-facing', 'internal'], balancer.Scheme),
      vpc: uidOf(place, 'vpc', balancer.VpcId),
      subnets: uidsOf(
        place,
        'subnet',
        balancer.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
      ),
      groups: uidsOf(place, 'security-group', groups),
      state: textOf(balancer.State?.Code),
    },
    { tags: factOf(tags, tagsOf) },
  )
}

/** `rules`: those of a listener that has any besides its default actions, which they then include. */
export function listenerDocument(
  listener: AwsListener,
  rules: Attempted<readonly Rule[]> | undefined,
  tags: Tagged,
): Listener {
  return documentOf<Listener>(
    {
      type: 'AWS::ElasticLoadBalancingV2::Listener',
      loadBalancer: textOf(listener.LoadBalancerArn),
      protocol: textOf(listener.Protocol),
      port: portOf(listener.Port),
    },
    { actions: actionsFact(listener, rules), tags: factOf(tags, tagsOf) },
  )
}

function actionsFact(listener: AwsListener, rules: Attempted<readonly Rule[]> | undefined): Fact<ListenerAction[]> {
  const ofDefault = listener.DefaultActions
  if (rules === undefined) return ofDefault && { value: actionsOf(ofDefault) }
  return factOf(rules, (list) => {
    const includesDefault = list.some(({ IsDefault }) => IsDefault === true)
    const ofRules = list.map(({ Actions }) => Actions)
    const all = includesDefault ? ofRules : [...ofRules, ofDefault]
    return all.some((each) => each === undefined) ? undefined : all.flatMap((each) => actionsOf(each ?? []))
  })
}

/** Of one rule, in the order in which they are done. */
function actionsOf(actions: readonly Action[]): ListenerAction[] {
  return actions
    .toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0))
    .map(({ Type, TargetGroupArn, ForwardConfig }) => ({
      kind: textOf(Type) ?? 'unknown',
      targetGroups: setOf([TargetGroupArn, ...(ForwardConfig?.TargetGroups ?? []).map((each) => each.TargetGroupArn)]),
    }))
}

/** What AWS answered about a target group. */
export interface TargetGroupAnswers {
  readonly health: Attempted<readonly TargetHealthDescription[]>
  readonly attributes: Attempted<readonly TargetGroupAttribute[]>
  readonly tags: Tagged
}

export function targetGroupDocument(group: AwsTargetGroup, answers: TargetGroupAnswers, place: Place): TargetGroup {
  const kind = oneOf(['instance', 'ip', 'lambda', 'alb'], group.TargetType)
  return documentOf<TargetGroup>(
    {
      type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      kind,
      protocol: textOf(group.Protocol),
      port: portOf(group.Port),
      vpc: uidOf(place, 'vpc', group.VpcId),
    },
    {
      preservesClientIp: factOf(answers.attributes, (list) => preservesClientIp(list, group)),
      targets: factOf(answers.health, (list) => targetsOf(list, kind, place)),
      tags: factOf(answers.tags, tagsOf),
    },
  )
}

/** Application load balancers make connections of their own, and their groups have no such attribute. */
function preservesClientIp(
  attributes: readonly TargetGroupAttribute[],
  { Protocol, TargetType }: AwsTargetGroup,
): boolean | undefined {
  const set = attributes.find(({ Key }) => Key === PRESERVES)?.Value
  if (set === 'true' || set === 'false') return set === 'true'
  return Protocol === 'HTTP' || Protocol === 'HTTPS' || TargetType === 'lambda' ? false : undefined
}

function targetsOf(
  descriptions: readonly TargetHealthDescription[],
  kind: TargetGroup['kind'],
  place: Place,
): Target[] {
  const targets: Target[] = []
  for (const { Target: target, TargetHealth } of descriptions) {
    const id = targetId(textOf(target?.Id), kind, place)
    if (id === undefined) continue
    const port = portOf(target?.Port)
    const health = textOf(TargetHealth?.State)
    targets.push({ id, ...(port === undefined ? {} : { port }), ...(health === undefined ? {} : { health }) })
  }
  return targets.toSorted((a, b) => order(a.id, b.id) || (a.port ?? 0) - (b.port ?? 0))
}

function targetId(id: string | undefined, kind: TargetGroup['kind'], place: Place): string | undefined {
  if (id === undefined) return undefined
  if (kind === 'lambda') return functionUid(id)
  return id.startsWith('i-') ? uidOf(place, 'instance', id) : id
}
