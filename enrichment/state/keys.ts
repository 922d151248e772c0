import { digest } from '../../core/digest.ts'
import type { StateRecord } from '../../schemas/generated/state.ts'

/** The keys of posture.state: what a partition knows, by kind. */
export const stateKey = {
  finding: (key: string) => `finding/${key}`,
  seenPrefix: (scope: string) => `seen/${scope}/`,
  seen: (scope: string, key: string) => `seen/${scope}/${key}`,
  scanPrefix: (scope: string) => `scan/${scope}/`,
  scan: (scope: string, uid: string) => `scan/${scope}/${uid}`,
  asset: (tenant: string, uid: string) => `asset/${digest([tenant])}/${uid}`,
  dirtyPrefix: 'dirty/',
  dirtyFinding: (key: string) => `dirty/finding/${key}`,
  dirtyAll: 'dirty/all',
  dirtyCve: (cve: string) => `dirty/cve/${cve}`,
  dirtyCves: 'dirty/cves',
  appliedRuleset: 'applied/ruleset',
  position: (topic: string) => `position/${topic}`,
} as const

export const findingPrefix = 'finding/'

/** What one source's scans of one account share: the scope inside which absence can mean anything. */
export function scopeOf(tenant: string, product: string, provider: string, account: string): string {
  return digest([tenant, product, provider, account])
}

type RecordOf<Type extends StateRecord['type']> = Extract<StateRecord, { type: Type }>

/** The record under a key as the kind that this key holds; undefined where there is none. */
export function readState<Type extends StateRecord['type']>(
  store: { get(key: string): StateRecord | undefined },
  type: Type,
  key: string,
): RecordOf<Type> | undefined {
  const record = store.get(key)
  return record?.type === type ? (record as RecordOf<Type>) : undefined
}
