import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { policyExposure } from './policy/policy-exposure.ts'

/** Who gets at a secret by its policy. */
export function secretExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::SecretsManager::Secret'>,
): Exposure {
  return policyExposure(graph, tenant, asset, asset.document.policy, {
    noun: 'secret',
    requests: 'signed',
    holdsData: true,
    actions: {
      write: [
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecret',
        'secretsmanager:PutResourcePolicy',
        'secretsmanager:DeleteSecret',
      ],
      read: ['secretsmanager:GetSecretValue'],
    },
  })
}
