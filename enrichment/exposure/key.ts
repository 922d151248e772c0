import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { policyExposure } from './policy/policy-exposure.ts'

/**
 * Who may use a key by its policy. A key is no data by itself, so using it is a call. Grants are not known and left out:
 * they name single identities.
 */
export function keyExposure(graph: ContextGraph, tenant: string, asset: KnownAsset<'AWS::KMS::Key'>): Exposure {
  return policyExposure(graph, tenant, asset, asset.document.policy, {
    noun: 'key',
    requests: 'signed',
    holdsData: false,
    actions: {
      call: [
        'kms:Decrypt',
        'kms:GenerateDataKey',
        'kms:Encrypt',
        'kms:ReEncryptFrom',
        'kms:Sign',
        'kms:CreateGrant',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
      ],
    },
  })
}
