import type { SinkDefinition } from '../sink.ts'
import { openSearchErrors } from './error-notes.ts'
import { access } from './access.ts'
import { configSchema } from './config.ts'

/** Keeps the latest state of every finding in one index and, where it is wanted, every revision in a data stream. */
export const openSearch: SinkDefinition<typeof configSchema> = {
  name: 'opensearch',
  summary: 'Keeps the latest state of every finding in OpenSearch and, if wanted, the history of all its revisions',
  // For the history; of one batch the latest state gets the highest revision of each finding all the same.
  takes: 'every-revision',
  configSchema,
  access,
  limits: [
    'OpenSearch 2.19 or newer; a serverless collection has no history.',
    'Free-form parts of an event are stored and not searchable, so that the mapping does not grow.',
  ],
  errors: openSearchErrors,
  // Its client takes a while to load; who does not name this sink does not wait for it.
  create: async (config, context) => new (await import('./opensearch-sink.ts')).OpenSearchSink(config, context),
}
