import { scheduleProblem } from '../../collectors/schedule.ts'
import type { CollectorSettings } from '../../collectors/settings.ts'
import type { Places } from './places.ts'

/** Notes what a schema cannot say of the settings that every collector takes; they stand at `pointer`. */
export function noteCollectorRules({ schedule }: CollectorSettings, pointer: string, places: Places): void {
  const problem = schedule === undefined ? undefined : scheduleProblem(schedule)
  if (problem === undefined) return
  places.note(
    `${pointer}/schedule`,
    problem,
    'write minute, hour, day of month, month and day of week, in UTC: "30 2 * * *" is every night at 02:30',
  )
}
