/** RFC 3339 with a zone, as answers of Security Hub quote it: a zone may lack its colon, or its minutes. */
export const ASFF_TIME =
  /^\d{4}-[01]\d-[0-3]\d[Tt](?:[0-2]\d:[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/

/** Epoch ms of an ASFF time; NaN of what is none. */
export function timeOf(time: unknown): number {
  if (typeof time !== 'string') return Number.NaN
  const [, start, hours, minutes = '00'] = /^(.*T.*)([+-]\d\d):?(\d\d)?$/i.exec(time) ?? []
  const zoned = start === undefined ? time : `${start}${String(hours)}:${minutes}`
  return Date.parse(zoned.toUpperCase().replace(/:60(?=[.Z+-])/, ':59'))
}
