import type { AlertRule } from './alert-rule.ts'
import { groupRules } from './group-rules.ts'
import { processRules } from './process-rules.ts'
import { componentRules } from './component-rules.ts'
import { Timescale } from './timescale.ts'

export interface AlertOptions {
  /** How many seconds a minute is, everywhere in the rules: 60 unless told, less where a test cannot wait. */
  readonly minute?: number
}

/** Every alert, most urgent part first. Each asks a person to do something, and each fault raises one of them. */
export function alertRules({ minute }: AlertOptions = {}): readonly AlertRule[] {
  const time = new Timescale(minute)
  return [...processRules(time), ...groupRules(time), ...componentRules(time)]
}
