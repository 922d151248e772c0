import { file } from './file/file.ts'
import { local } from './local/local.ts'
import { openSearch } from './opensearch/opensearch.ts'
import { securityHub } from './security-hub/security-hub.ts'
import type { SinkDefinition } from './sink.ts'
import { splunk } from './splunk/splunk.ts'

/** Every sink that a configuration can name, in the order of the documentation. */
export const sinks: readonly SinkDefinition[] = [local, file, openSearch, splunk, securityHub]
