/** As the stream answers: by partition, the offset of the first record written at `time` or later; the end, where none was. */
export type OffsetsSince = (time: number) => Promise<ReadonlyMap<number, bigint>>

/** What a group has not acknowledged: by partition, the offset from which on it has not. */
export type Unacknowledged = ReadonlyMap<number, bigint>

const DAY_MS = 24 * 3600 * 1000
/** Nothing is looked for further back. */
const LONGEST_MS = 3650 * DAY_MS
/** Halvings of the logarithm of an age: 20 find it to a fortieth of a per mille, 12 to half a per cent. */
const EXACT = 20
const COARSE = 12
/** So many groups are searched for exactly. */
const EXACT_UP_TO = 8

/**
 * When the oldest record was written that each of these groups has not acknowledged, in milliseconds since the epoch and by
 * the topic's own times, which rise with the offsets; undefined for one without any. Groups share their requests: about 20
 * where they are one or stand together.
 */
export async function oldestRecords(
  wanted: readonly Unacknowledged[],
  offsetsSince: OffsetsSince,
  now: number,
): Promise<(number | undefined)[]> {
  const asked = new Map<number, ReturnType<OffsetsSince>>()
  const ask = (time: number): ReturnType<OffsetsSince> => {
    const answer = asked.get(time) ?? offsetsSince(time)
    asked.set(time, answer)
    return answer
  }
  const searched = wanted.filter(({ size }) => size > 0).length
  const halvings = searched <= EXACT_UP_TO ? EXACT : COARSE
  return Promise.all(
    wanted.map(async (each) => (each.size === 0 ? undefined : await oldestRecord(each, ask, now, halvings))),
  )
}

/** The greatest time at which all that is not acknowledged had not been written yet; halves its age by its logarithm. */
async function oldestRecord(wanted: Unacknowledged, ask: OffsetsSince, now: number, halvings: number): Promise<number> {
  let [young, old] = [0, logarithm(LONGEST_MS)]
  for (let left = halvings; left > 0; left -= 1) {
    const middle = (young + old) / 2
    const offsets = await ask(now - ageOf(middle))
    const isOldEnough = [...wanted].every(([partition, from]) => (offsets.get(partition) ?? from) <= from)
    if (isOldEnough) old = middle
    else young = middle
  }
  return now - ageOf(old)
}

function logarithm(ageMs: number): number {
  return Math.log1p(ageMs / 1000)
}

function ageOf(logarithmOfAge: number): number {
  return Math.round(1000 * Math.expm1(logarithmOfAge))
}
