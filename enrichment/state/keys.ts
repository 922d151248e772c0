import { digest } from '../../core/digest.ts'
import type { StateRecord } from '../../schemas/generated/state.ts'

/** The keys of posture.state: what a partition knows, by kind. */
export const stateKey = {
  finding: (key: string) => `finding/${key}`,
  seenPrefix: (scope: string) => `seen/${scope}/`,
  seen: (scope: string, key: string) => `seen/${scope}/${key}`,
  scanPrefix: (scope: string) => `scan/${scope}/`,
  scan: (scope: string, uid: string) => `scan/${scope}/${uid}`,
  control: (scope: string, uid: string) => `control/${scope}/${uid}`,
  asset: (tenant: string, uid: string) => `asset/${digest([tenant])}/${uid}`,
  assetSeenPrefix: (scope: string) => `asset-seen/${scope}/`,
  assetSeen: (scope: string, uid: string) => `asset-seen/${scope}/${uid}`,
  coverage: (scope: string) => `coverage/${scope}`,
  dirtyPrefix: 'dirty/',
  sweep: (scope: string, collector: string) => `dirty/sweep/${scope}/${collector}`,
  dirtyFinding: (key: string) => `dirty/finding/${key}`,
  dirtyAccount: (tenant: string, account: string) => `dirty/account/${digest([tenant])}/${account}`,
  dirtyScope: (scope: string) => `dirty/scope/${scope}`,
  dirtyAll: 'dirty/all',
  dirtyCve: (cve: string) => `dirty/cve/${cve}`,
  dirtyCves: 'dirty/cves',
  appliedRuleset: 'applied/ruleset',
  position: (topic: string) => `position/${topic}`,
} as const

export const findingPrefix = 'finding/'
export const assetPrefix = 'asset/'
export const coveragePrefix = 'coverage/'
export const sweepPrefix = 'dirty/sweep/'
export const dirtyScopePrefix = 'dirty/scope/'
export const dirtyAccountPrefix = 'dirty/account/'

/** What one source's scans of one account share: the scope inside which absence can mean anything. */
export function scopeOf(tenant: string, product: string, provider: string, account: string): string {
  return digest([tenant, product, provider, account])
}

/** What the assets of one type in one account and region share, which is empty for those that have none: what a scan covers. */
export function assetScopeOf(tenant: string, account: string, region: string, type: string): string {
  return digest([tenant, account, region, type])
}

/** Whether anything stands under a key that starts with `prefix`. */
export function hasKeys(
  store: { keys(prefix: string, options: { readonly limit: number }): Iterable<string> },
  prefix: string,
): boolean {
  const [first] = store.keys(prefix, { limit: 1 })
  return first !== undefined
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
