import { expect } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { controlEvent } from '../records/control-event.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { MappedRecord } from './message-reading.ts'

const context = { tenant: 'acme', name: 'hub', clock: Date.now }
const schemas = new SchemaRegistry()

/** Whatever a record was, it became a valid event, also once it was written down, or was refused for a reason we know. */
export function requireSound(mapped: MappedRecord): void {
  if (mapped.outcome === 'finding') requireValid(findingEvent(context, mapped.finding.statement, 'bytes'))
  else if (mapped.outcome === 'control') requireValid(controlEvent(context, mapped.control, 'bytes'))
  else if (mapped.outcome === 'rejected') {
    expect(mapped.error).toBeInstanceOf(PermanentError)
    // RECORD_UNREADABLE is what nobody has thought of.
    expect(mapped.error.code).toMatch(/^RECORD_(?!UNREADABLE)/)
  }
}

function requireValid(event: object): void {
  schemas.check('posture-event', event)
  schemas.check('posture-event', JSON.parse(JSON.stringify(event)))
}
