import { createTask, parse, validateDetailed, type ScheduledTask } from 'node-cron'

const DAY_MS = 24 * 3600 * 1000
/** February 29 comes after eight years at the latest. */
const MAX_DAYS = 8 * 366 + 1
const FIELDS = /^\s*\S+(\s+\S+){4,5}\s*$/

/** What is wrong with a schedule, as a part of a sentence; undefined where nothing is. */
export function scheduleProblem(expression: string): string | undefined {
  if (!FIELDS.test(expression)) return 'no cron expression of 5 or 6 fields'
  const { errors } = validateDetailed(expression)
  const [first] = errors
  if (first !== undefined) return `the field ${wordFor(first.field)} cannot be ${JSON.stringify(first.value ?? '')}`
  return new Schedule(expression).after(0) === undefined ? 'a time that never comes' : undefined
}

/** When a collector sweeps: a cron expression in UTC, with a field for seconds before the five where there are six. */
export class Schedule {
  readonly #task: ScheduledTask
  /** The times of a day, in milliseconds from its beginning, rising. */
  readonly #times: readonly number[]

  /** Of an expression in which `scheduleProblem` finds nothing. */
  constructor(expression: string) {
    const { hour, minute, second } = parse(expression)
    this.#times = hour
      .flatMap((h) => minute.flatMap((m) => second.map((s) => ((h * 60 + m) * 60 + s) * 1000)))
      .toSorted((one, other) => one - other)
    // Only asked which days it matches: it is never started, and the library is not to keep it.
    this.#task = createTask(expression, () => undefined, { timezone: 'UTC' })
    void this.#task.destroy()
  }

  /** The first tick after this moment, both in milliseconds since the epoch; undefined where there is none in eight years. */
  after(moment: number): number | undefined {
    const today = Math.floor(moment / DAY_MS) * DAY_MS
    for (let day = 0; day < MAX_DAYS; day++) {
      const midnight = today + day * DAY_MS
      if (!this.#task.match(new Date(midnight + this.#times[0]!))) continue
      const time = this.#times.find((each) => midnight + each > moment)
      if (time !== undefined) return midnight + time
    }
    return undefined
  }
}

function wordFor(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
