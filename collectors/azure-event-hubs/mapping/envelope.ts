import { isObject } from '../../records/fields.ts'
import { lowerCaseKeys, type AnyCase } from './any-case.ts'

/** `assessmentEventDataEnrichment`, `securityEventDataEnrichment`, …: one for each kind of record, and one for all. */
const ENRICHMENT = /eventdataenrichment$/
const DELETION = /^(?:delete|deleted|remove|removed)$/i

/** Whether the record says that what it describes is there no more; a weekly snapshot says what is, and that is no news. */
export function isDeletion(root: AnyCase): boolean {
  return Object.entries(root.value).some(([key, value]) => {
    if (!ENRICHMENT.test(key) || !isObject(value)) return false
    const { action } = lowerCaseKeys(value)
    return typeof action === 'string' && DELETION.test(action.trim())
  })
}
