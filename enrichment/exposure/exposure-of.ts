import type { AssetType, ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { bucketExposure } from './bucket.ts'
import { clusterExposure } from './cluster.ts'
import { databaseClusterExposure, databaseExposure } from './database.ts'
import { functionExposure } from './function.ts'
import { instanceExposure } from './instance.ts'
import { interfaceExposure } from './interface.ts'
import { keyExposure } from './key.ts'
import { balancedFunctionExposure, classicLoadBalancerExposure, loadBalancerExposure } from './load-balancer.ts'
import { queueExposure } from './queue.ts'
import { secretExposure } from './secret.ts'
import { securityGroupExposure } from './security-group.ts'
import { databaseSnapshotExposure, imageExposure, snapshotExposure } from './snapshot.ts'
import { topicExposure } from './topic.ts'
import { worstOf } from './worst-of.ts'

type Evaluator<Type extends AssetType> = (graph: ContextGraph, tenant: string, asset: KnownAsset<Type>) => Exposure

/** A function is called at its URL and by its policy, and through load balancers that have it as a target. */
const calledFunction: Evaluator<'AWS::Lambda::Function'> = (...asked) =>
  worstOf({ exposures: [functionExposure(...asked), balancedFunctionExposure(...asked)], missing: [] })

/** What can be reached at all, and the rule for it. The other types have no exposure of their own. */
const EVALUATORS: { readonly [Type in AssetType]?: Evaluator<Type> } = {
  'AWS::EC2::Instance': instanceExposure,
  'AWS::EC2::NetworkInterface': interfaceExposure,
  'AWS::EC2::SecurityGroup': securityGroupExposure,
  'AWS::EC2::Snapshot': snapshotExposure,
  'AWS::EC2::Image': imageExposure,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancerExposure,
  'AWS::ElasticLoadBalancing::LoadBalancer': classicLoadBalancerExposure,
  'AWS::RDS::DBInstance': databaseExposure,
  'AWS::RDS::DBCluster': databaseClusterExposure,
  'AWS::RDS::DBSnapshot': databaseSnapshotExposure,
  'AWS::RDS::DBClusterSnapshot': databaseSnapshotExposure,
  'AWS::EKS::Cluster': clusterExposure,
  'AWS::Lambda::Function': calledFunction,
  'AWS::S3::Bucket': bucketExposure,
  'AWS::SQS::Queue': queueExposure,
  'AWS::SNS::Topic': topicExposure,
  'AWS::KMS::Key': keyExposure,
  'AWS::SecretsManager::Secret': secretExposure,
}

/**
 * Who can reach an asset, with the proof. Undefined where the asset is not known, or nothing of its type can be reached: an
 * account's role, a volume.
 */
export function exposureOf(graph: ContextGraph, tenant: string, uid: string): Exposure | undefined {
  const asset = graph.asset(tenant, uid)
  if (asset === undefined) return undefined
  const evaluate = EVALUATORS[asset.document.type] as Evaluator<AssetType> | undefined
  return evaluate?.(graph, tenant, asset)
}
