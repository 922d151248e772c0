import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { policyExposure } from './policy/policy-exposure.ts'

/** Who gets at a topic by its policy: who subscribes reads whatever is published from then on. */
export function topicExposure(graph: ContextGraph, tenant: string, asset: KnownAsset<'AWS::SNS::Topic'>): Exposure {
  return policyExposure(graph, tenant, asset, asset.document.policy, {
    noun: 'topic',
    requests: 'both',
    holdsData: true,
    actions: {
      write: ['sns:Publish', 'sns:SetTopicAttributes', 'sns:AddPermission', 'sns:DeleteTopic'],
      read: ['sns:Subscribe'],
    },
  })
}
