import { digest } from '../../core/digest.ts'
import type { PostureFinding } from '../sink.ts'

/** The `_id` of a finding's latest state: OpenSearch takes 512 bytes at most, and keys of all tenants stand side by side. */
export function latestId({ tenant, key }: Pick<PostureFinding, 'tenant' | 'key'>): string {
  return digest([tenant, key])
}

/** The `_id` of one revision of a finding in the history. */
export function historyId({ tenant, key, revision }: Pick<PostureFinding, 'tenant' | 'key' | 'revision'>): string {
  return digest([tenant, key, revision])
}
