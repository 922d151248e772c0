import { Fields, isObject, type JsonObject } from '../../records/fields.ts'

/** What was found, and what is said of the resource that it was found at. */
export interface SccRecord {
  readonly finding: Fields
  /** Without fields where a finding came alone. */
  readonly resource: Fields
}

/** Maps whose keys are people's own words, or another system's. */
const FREE_FORM: ReadonlySet<string> = new Set(['sourceProperties', 'marks', 'externalSystems', 'contacts', 'labels'])
const SNAKE_CASE = /^[a-z][a-z\d]*(_[a-z\d]+)+$/
const TIMESTAMP_KEYS: ReadonlySet<string> = new Set(['seconds', 'nanos'])
/** Beyond it a date has no form of its own; no source means one. */
const LAST_SECOND = 4_102_444_800

/** The parts of a notification, of a result of ListFindings, or of a finding alone; problems are added to `notes`. */
export function sccRecord(record: JsonObject, notes: Set<string>): SccRecord {
  const root = new Fields(isOfProtos(record) ? (camelCased(record) as JsonObject) : record, notes)
  return {
    finding: 'finding' in root.value ? root.object('finding') : root,
    resource: root.object('resource'),
  }
}

/** Whether any part is named as in the protos (`resource_name`), or is a time in seconds, as client libraries write them. */
function isOfProtos(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isOfProtos)
  if (!isObject(value)) return false
  for (const key of Object.keys(value)) {
    if (SNAKE_CASE.test(key) || (!FREE_FORM.has(key) && isOfProtos(value[key]))) return true
  }
  return timestamp(value) !== undefined
}

/** The same by the names that Google writes in JSON, and with times as text. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (!isObject(value)) return value
  const time = timestamp(value)
  if (time !== undefined) return time
  const entries = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
    const name = SNAKE_CASE.test(key) ? key.replaceAll(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase()) : key
    // What stands there in both spellings counts as Google writes it.
    if (name !== key && Object.hasOwn(value, name)) return []
    return [[name, FREE_FORM.has(name) ? each : camelCased(each)]]
  })
  return Object.fromEntries(entries)
}

function timestamp(value: JsonObject): string | undefined {
  if (!('seconds' in value) || !Object.keys(value).every((key) => TIMESTAMP_KEYS.has(key))) return undefined
  const seconds = wholeNumber(value['seconds'])
  if (seconds === undefined || seconds > LAST_SECOND) return undefined
  const milliseconds = Math.trunc((wholeNumber(value['nanos']) ?? 0) / 1e6) % 1000
  return new Date(seconds * 1000 + milliseconds).toISOString()
}

/** The JSON of protobuf has numbers of 64 bits as text. */
function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value)
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
