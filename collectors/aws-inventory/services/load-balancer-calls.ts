import type * as Aws from '@aws-sdk/client-elastic-load-balancing-v2'
import type {
  ElasticLoadBalancingV2Client,
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetGroupAttribute,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Attempted, Calls } from '../describer.ts'
import { attemptAll, pages } from './listing.ts'
import type { Tagged } from './load-balancer-documents.ts'

type Sdk = typeof Aws

const PAGE_SIZE = 400
const LOAD_BALANCER_GONE = ['LoadBalancerNotFoundException', 'LoadBalancerNotFound']
const LISTENER_GONE = ['ListenerNotFoundException', 'ListenerNotFound']
const TARGET_GROUP_GONE = ['TargetGroupNotFoundException', 'TargetGroupNotFound']
/** What the calls about one load balancer, listener or target group answer when it has gone since it was listed. */
export const GONE = [...LOAD_BALANCER_GONE, ...LISTENER_GONE, ...TARGET_GROUP_GONE]

/** ELB, version 2, as the describers ask it. */
export class LoadBalancerCalls {
  readonly #sdk: Sdk
  readonly #calls: Calls

  private constructor(sdk: Sdk, calls: Calls) {
    this.#sdk = sdk
    this.#calls = calls
  }

  static async open(calls: Calls): Promise<LoadBalancerCalls> {
    return new LoadBalancerCalls(await import('@aws-sdk/client-elastic-load-balancing-v2'), calls)
  }

  /** Asked for anew with every call: it is another one when credentials were renewed. */
  get #client(): ElasticLoadBalancingV2Client {
    return this.#calls.client('elbv2', (options) => new this.#sdk.ElasticLoadBalancingV2Client(options))
  }

  async *loadBalancers(): AsyncGenerator<LoadBalancer[]> {
    const list = (Marker: string | undefined) =>
      this.#calls.send('elasticloadbalancing:DescribeLoadBalancers', async (options) =>
        this.#client.send(new this.#sdk.DescribeLoadBalancersCommand({ Marker, PageSize: PAGE_SIZE }), options),
      )
    for await (const { LoadBalancers = [] } of pages(list, ({ NextMarker }) => NextMarker)) yield LoadBalancers
  }

  async *targetGroups(): AsyncGenerator<TargetGroup[]> {
    const list = (Marker: string | undefined) =>
      this.#calls.send('elasticloadbalancing:DescribeTargetGroups', async (options) =>
        this.#client.send(new this.#sdk.DescribeTargetGroupsCommand({ Marker, PageSize: PAGE_SIZE }), options),
      )
    for await (const { TargetGroups = [] } of pages(list, ({ NextMarker }) => NextMarker)) yield TargetGroups
  }

  async listeners(LoadBalancerArn: string | undefined): Promise<Attempted<Listener[]>> {
    const list = (Marker: string | undefined) =>
      this.#calls.attempt(
        'elasticloadbalancing:DescribeListeners',
        async (options) =>
          this.#client.send(
            new this.#sdk.DescribeListenersCommand({ LoadBalancerArn, Marker, PageSize: PAGE_SIZE }),
            options,
          ),
        LOAD_BALANCER_GONE,
      )
    return attemptAll(list, ({ Listeners, NextMarker }) => ({ items: Listeners, next: NextMarker }))
  }

  async rules(ListenerArn: string | undefined): Promise<Attempted<Rule[]>> {
    const list = (Marker: string | undefined) =>
      this.#calls.attempt(
        'elasticloadbalancing:DescribeRules',
        async (options) =>
          this.#client.send(new this.#sdk.DescribeRulesCommand({ ListenerArn, Marker, PageSize: PAGE_SIZE }), options),
        LISTENER_GONE,
      )
    return attemptAll(list, ({ Rules, NextMarker }) => ({ items: Rules, next: NextMarker }))
  }

  async health(TargetGroupArn: string | undefined): Promise<Attempted<TargetHealthDescription[]>> {
    const ask = () =>
      this.#calls.attempt(
        'elasticloadbalancing:DescribeTargetHealth',
        async (options) => this.#client.send(new this.#sdk.DescribeTargetHealthCommand({ TargetGroupArn }), options),
        TARGET_GROUP_GONE,
      )
    return attemptAll(ask, ({ TargetHealthDescriptions }) => ({ items: TargetHealthDescriptions, next: undefined }))
  }

  async attributes(TargetGroupArn: string | undefined): Promise<Attempted<TargetGroupAttribute[]>> {
    const ask = () =>
      this.#calls.attempt(
        'elasticloadbalancing:DescribeTargetGroupAttributes',
        async (options) =>
          this.#client.send(new this.#sdk.DescribeTargetGroupAttributesCommand({ TargetGroupArn }), options),
        TARGET_GROUP_GONE,
      )
    return attemptAll(ask, ({ Attributes }) => ({ items: Attributes, next: undefined }))
  }

  /** The tags of at most twenty, by their ARNs. */
  async tags(arns: readonly (string | undefined)[]): Promise<(arn: string | undefined) => Tagged> {
    const ResourceArns = arns.filter((arn) => arn !== undefined)
    if (ResourceArns.length === 0) return () => ({ value: [] })
    const tagged = await this.#calls.attempt(
      'elasticloadbalancing:DescribeTags',
      async (options) => this.#client.send(new this.#sdk.DescribeTagsCommand({ ResourceArns }), options),
      GONE,
    )
    if (!('value' in tagged)) return () => tagged
    const { TagDescriptions = [] } = tagged.value
    const byArn = new Map(TagDescriptions.map(({ ResourceArn, Tags }) => [ResourceArn, Tags ?? []]))
    return (arn) => {
      const tags = byArn.get(arn)
      return tags === undefined ? { absent: 'not in the answer' } : { value: tags }
    }
  }
}
