import type { AssetDocument } from '../schemas/generated/asset-document.ts'

/** How one asset's document names another; by the property that does. */
export type Relation =
  | 'interfaces' // instance -> network interface
  | 'instance' // interface, volume -> instance
  | 'groups' // instance, interface, load balancer, database, function, cluster -> security group
  | 'subnet' // instance, interface -> subnet
  | 'subnets' // route table, network ACL, load balancer, database, function, cluster -> subnet
  | 'vpc' // whatever lies in it -> VPC
  | 'vpcs' // internet gateway -> the VPCs it is attached to
  | 'routes' // route table -> targets of its routes
  | 'prefix-lists' // security group, route table -> prefix list
  | 'group-rules' // security group -> the groups its rules name
  | 'peers' // peering connection -> both VPCs
  | 'load-balancer' // listener -> load balancer
  | 'target-groups' // listener -> target group
  | 'targets' // target group -> instance, function or load balancer
  | 'instances' // classic load balancer -> instance
  | 'cluster' // database -> database cluster
  | 'members' // database cluster -> its databases
  | 'source' // snapshot -> volume, database or cluster
  | 'role' // function, cluster -> role
  | 'instance-profile' // instance -> instance profile
  | 'image' // instance -> image
  | 'policy' // what has a policy -> what the policy's conditions name
  | 'exclusions' // region settings -> VPC or subnet

export type AssetType = AssetDocument['type']
export type DocumentOf<Type extends AssetType> = Extract<AssetDocument, { type: Type }>

/** One asset as the inventory last told of it. */
export interface KnownAsset<Type extends AssetType = AssetType> {
  readonly uid: string
  readonly account: string
  readonly region: string
  readonly document: DocumentOf<Type>
  /** By the inventory's clock, in milliseconds since the epoch. */
  readonly version: number
}

/**
 * The assets of one partition and how they hang together. What was never told of is undefined: that is no proof that it
 * does not exist.
 */
export interface ContextGraph {
  /** Undefined where it is not known, was deleted, or is of another type than `type` says. */
  asset<Type extends AssetType>(tenant: string, uid: string, type?: Type): KnownAsset<Type> | undefined
  /** The known assets whose documents name this one under `relation`, in the order of their uids. */
  referring<Type extends AssetType>(
    tenant: string,
    uid: string,
    relation: Relation,
    type?: Type,
  ): readonly KnownAsset<Type>[]
  /**
   * Whether all assets of a type in an account and region are known, by the last complete scan of them: only then does
   * the absence of one prove that there is none.
   */
  covers(tenant: string, type: AssetType, account: string, region: string): boolean
  /** What `derive` makes of this graph and nothing else; kept by its key until anything in the graph changes. */
  remember<Value>(key: string, derive: () => Value): Value
}

/** Nothing is known. */
export const EMPTY_GRAPH: ContextGraph = {
  asset: () => undefined,
  referring: () => [],
  covers: () => false,
  remember: (_key, derive) => derive(),
}
