import type { Fields } from '../../records/fields.ts'

/** The words of an enumeration by number; undefined where it says that nothing is said. */
export type EnumWords = readonly (string | undefined)[]

export const STATES: EnumWords = [undefined, 'ACTIVE', 'INACTIVE']
export const SEVERITIES: EnumWords = [undefined, 'CRITICAL', 'HIGH', 'MEDIUM', 'LOW']
/** UNDEFINED is 3 in v2 and 4 in v1; neither has another word for the other's number. */
export const MUTES: EnumWords = [undefined, 'MUTED', 'UNMUTED', 'UNDEFINED', 'UNDEFINED']
export const CLASSES: EnumWords = [
  undefined,
  'THREAT',
  'VULNERABILITY',
  'MISCONFIGURATION',
  'OBSERVATION',
  'SCC_ERROR',
  'POSTURE_VIOLATION',
  'TOXIC_COMBINATION',
  'SENSITIVE_DATA_RISK',
  'CHOKEPOINT',
  'EXTERNAL_EXPOSURE',
]
export const PROVIDERS: EnumWords = [undefined, 'GOOGLE_CLOUD_PLATFORM', 'AMAZON_WEB_SERVICES', 'MICROSOFT_AZURE']
export const RISK_RATINGS: EnumWords = [undefined, 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']
export const EXPLOITATIONS: EnumWords = [undefined, 'WIDE', 'CONFIRMED', 'AVAILABLE', 'ANTICIPATED', 'NO_KNOWN']

/**
 * The word of an enumeration there, in capitals; undefined where it is absent or unspecified. Google's JSON has words,
 * and what a client library made of a message has numbers: the JSON form of protobuf allows both.
 */
export function enumWord(fields: Fields, key: string, words: EnumWords): string | undefined {
  return wordOf(fields.value[key], words)
}

/** The same of a list of such values; those that say nothing are left out. */
export function enumWordList(fields: Fields, key: string, words: EnumWords): string[] {
  const value = fields.value[key]
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.flatMap((each) => wordOf(each, words) ?? [])
}

function wordOf(value: unknown, words: EnumWords): string | undefined {
  if (typeof value === 'number') return words[value]
  if (typeof value !== 'string') return undefined
  const word = value.trim().toUpperCase()
  if (/^\d+$/.test(word)) return words[Number(word)]
  return word === '' || word.endsWith('_UNSPECIFIED') ? undefined : word
}
