import { isObject, type JsonObject } from '../records/fields.ts'

/**
 * The findings of an event as EventBridge writes it, with the findings of Security Hub in its detail; undefined for any
 * other record.
 */
export function eventBridgeFindings(record: JsonObject): readonly unknown[] | undefined {
  const { detail } = record
  if (!isObject(detail) || !('detail-type' in record)) return undefined
  const { findings } = detail
  return Array.isArray(findings) ? findings : undefined
}
