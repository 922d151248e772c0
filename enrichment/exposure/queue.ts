import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { policyExposure } from './policy/policy-exposure.ts'

/** Who gets at a queue by its policy: receiving reads data, and SQS takes requests that nobody signed. */
export function queueExposure(graph: ContextGraph, tenant: string, asset: KnownAsset<'AWS::SQS::Queue'>): Exposure {
  return policyExposure(graph, tenant, asset, asset.document.policy, {
    noun: 'queue',
    requests: 'both',
    holdsData: true,
    actions: {
      write: [
        'sqs:SendMessage',
        'sqs:DeleteMessage',
        'sqs:PurgeQueue',
        'sqs:SetQueueAttributes',
        'sqs:AddPermission',
        'sqs:DeleteQueue',
      ],
      read: ['sqs:ReceiveMessage'],
    },
  })
}
