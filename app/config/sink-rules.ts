import { Omittable } from '../../sinks/selection/omittable.ts'
import type { SinkSettings } from '../../sinks/settings.ts'
import type { Places } from './places.ts'

/** Notes what a schema cannot say of the settings that every sink takes; they stand at `pointer`. */
export function noteSinkRules({ omit = [] }: Partial<SinkSettings>, pointer: string, places: Places): void {
  if (omit.length === 0) return
  const omittable = new Omittable()
  for (const [index, path] of omit.entries()) {
    const found = omittable.problemOf(path)
    if (found !== undefined) places.note(`${pointer}/omit/${index}`, found.problem, found.remedy)
  }
}
