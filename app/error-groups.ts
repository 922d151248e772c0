import type { ErrorNotes } from '../core/errors.ts'
import { collectorErrors } from '../collectors/error-notes.ts'
import { storageErrors } from '../core/storage.ts'
import { enrichmentErrors } from '../enrichment/error-notes.ts'
import { recordErrors } from '../schemas/error-notes.ts'
import { sinkErrors } from '../sinks/error-notes.ts'
import { embeddedErrors, streamErrors } from '../stream/error-notes.ts'
import { kafkaErrors } from '../stream/kafka/kafka-meanings.ts'
import type { Catalogs } from './config/catalogs.ts'
import { appErrors } from './error-notes.ts'

/** Errors that one part of the program raises. */
export interface ErrorGroup {
  /** `The stream on Kafka`, `Collector intel`. */
  readonly title: string
  readonly errors: ErrorNotes
}

/** Every error that the program raises, in the order in which people meet them. */
export function errorGroups({ collectors, sinks }: Catalogs): ErrorGroup[] {
  return [
    { title: 'Commands and configuration', errors: appErrors },
    { title: 'Records between the stages', errors: recordErrors },
    { title: 'Files and directories of ours', errors: storageErrors },
    { title: 'Every stream', errors: streamErrors },
    { title: 'The embedded stream', errors: embeddedErrors },
    { title: 'The stream on Kafka', errors: kafkaErrors },
    { title: 'Every collector', errors: collectorErrors },
    ...collectors.map(({ name, errors = {} }) => ({ title: `Collector ${name}`, errors })),
    { title: 'Enrichment', errors: enrichmentErrors },
    { title: 'Every sink', errors: sinkErrors },
    ...sinks.map(({ name, errors = {} }) => ({ title: `Sink ${name}`, errors })),
  ].filter(({ errors }) => Object.keys(errors).length > 0)
}
