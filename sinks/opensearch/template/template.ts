import type { Properties } from './field-types.ts'
import { PROPERTIES } from './properties.ts'
import { TEMPLATE_VERSION } from './versions.ts'

export { TEMPLATE_VERSION }

/** What marks everything that we install, so that a later version knows it again. */
export interface Mark {
  readonly managed_by: 'posture-stream'
  /** Rises with every change of the mapping. */
  readonly version: number
}

export interface FindingMapping {
  /** Nothing unknown is ever indexed, nor refused: so the number of fields is the same whatever comes in. */
  readonly dynamic: 'false'
  readonly _meta: Mark
  readonly properties: Properties
}

/** The body of a composable index template. */
export interface IndexTemplate {
  readonly index_patterns: readonly string[]
  readonly priority: number
  readonly version: number
  readonly _meta: Mark
  readonly data_stream?: { readonly timestamp_field: { readonly name: string } }
  readonly template: {
    readonly settings: Readonly<Record<string, unknown>>
    readonly mappings: FindingMapping
  }
}

/** Before templates for everything (`*`), which people give low numbers. */
const PRIORITY = 500

export const MARK: Mark = { managed_by: 'posture-stream', version: TEMPLATE_VERSION }

export const MAPPING: FindingMapping = { dynamic: 'false', _meta: MARK, properties: PROPERTIES }

/** The number of replicas and shards is left to the cluster. */
const SETTINGS = {
  'index.codec': 'best_compression',
  'index.refresh_interval': '5s',
  // Objects, fields and subfields count; the mapping never grows by itself, so that this only stops additions by hand.
  'index.mapping.total_fields.limit': 300,
  // What a search looks at that names no field.
  'index.query.default_field': [
    'message',
    'finding_info.title',
    'finding_info.desc',
    'finding_info.uid',
    'finding_info.uid_alt',
    'metadata.event_code',
    'cloud.account.uid',
    'cloud.account.name',
    'resources.uid',
    'resources.name',
    'risk_details',
    'remediation.desc',
    'vulnerabilities.cve.uid',
    'vulnerabilities.advisory.uid',
  ],
}

/** The template of the indices that hold the latest state: `<index>-000001` and its successors, behind the alias `index`. */
export function findingsTemplate(index: string): IndexTemplate {
  return {
    index_patterns: [`${index}-0*`],
    priority: PRIORITY,
    version: TEMPLATE_VERSION,
    _meta: MARK,
    template: { settings: SETTINGS, mappings: MAPPING },
  }
}

/** The template of the data stream that holds every revision. Its time is the event's own: nothing is added to a document. */
export function historyTemplate(dataStream: string): IndexTemplate {
  return {
    index_patterns: [dataStream],
    // The name of a data stream may look like one of our indices.
    priority: PRIORITY + 1,
    version: TEMPLATE_VERSION,
    _meta: MARK,
    data_stream: { timestamp_field: { name: 'time' } },
    template: { settings: SETTINGS, mappings: MAPPING },
  }
}
