import type { FeedConfig, IntelConfig } from './config.ts'
import type { FeedSource } from './feed-source.ts'
import { FileSource } from './file-source.ts'
import { HttpSource } from './http-source.ts'

/**
 * Where a list is to be read, as it is configured. Throws a PermanentError: `TLS_FILE` when a certificate cannot be read,
 * `INTEL_CONFIG` for an address that is none.
 */
export function sourceOf({ path, url, ...access }: FeedConfig, setting: string, config: IntelConfig): FeedSource {
  if (path !== undefined) return new FileSource(path, config.maxBytes)
  return new HttpSource({ url: url!, setting, ...access }, config)
}
