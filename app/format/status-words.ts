const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A length of time as people say it, in one unit: `under 1 s`, `42 s`, `17 min`, `5 h`, `3 d`. */
export function span(ms: number): string {
  if (ms < SECOND_MS) return 'under 1 s'
  if (ms < 2 * MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`
  return `${Math.floor(ms / DAY_MS).toLocaleString('en')} d`
}

/** When something was, in UTC, as short as it can be told from `now`: `03:12 UTC` within a day, else with the date. */
export function clock(at: number, now: number): string {
  const text = new Date(at).toISOString()
  const day = Math.abs(now - at) < DAY_MS ? '' : `${text.slice(0, 10)} `
  return `${day}${text.slice(11, 16)} UTC`
}

/** A number of things: `1 record`, `1,204 records`. */
export function amount(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}

/** A rate: `0/s`, `0.3/s`, `35/s`; empty where there is none. */
export function perSecond(rate: number | undefined): string {
  if (rate === undefined) return ''
  return rate === 0 || rate >= 10
    ? `${Math.round(rate).toLocaleString('en')}/s`
    : `${rate.toFixed(rate < 0.1 ? 2 : 1)}/s`
}

/** Whole numbers in rising order, neighbours joined: `0-5, 7, 9-11`. */
export function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const number of numbers) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] + 1 === number) run[1] = number
    else runs.push([number, number])
  }
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ')
}
