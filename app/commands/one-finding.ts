import { Option } from 'commander'
import { PermanentError } from '../../core/errors.ts'
import type { FindingsStore, StoredFinding } from '../../sinks/local/findings-store.ts'
import { UsageError } from '../usage-error.ts'

/** Which local sink is read, where a configuration has several. */
export function sinkOption(): Option {
  return new Option('--sink <name>', 'which local sink, where the configuration has several')
}

/** The finding whose key begins so, with or without the key's version. Throws FINDING_UNKNOWN, or a UsageError where there are several. */
export function oneFinding(from: FindingsStore, key: string): StoredFinding {
  const [finding, other] = from.find(/^v\d+:/.test(key) ? key : `v1:${key}`)
  if (finding === undefined)
    throw new PermanentError(
      'FINDING_UNKNOWN',
      `no finding has a key that begins with ${key}; see: posture-stream findings list --state all`,
    )
  if (other !== undefined) throw new UsageError(`several findings have a key that begins with ${key}; write more of it`)
  return finding
}
