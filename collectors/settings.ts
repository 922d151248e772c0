import { Type, type Static } from 'typebox'
import { DURATION_PATTERN } from '../core/duration.ts'

/** What every collector takes beside its own settings. */
export const collectorSettings = Type.Object({
  schedule: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'When it sweeps: a cron expression of 5 fields, or 6 with seconds first, in UTC; both days must match where two are named. Without it, once per run, or continuously where the source is waited on',
      examples: ['0 */6 * * *'],
    }),
  ),
  expectEvery: Type.Optional(
    Type.String({
      pattern: DURATION_PATTERN,
      description:
        'How long the source may be silent (90s, 15m, 26h, 7d) before that is a warning, a metric and a finding of its own',
      examples: ['26h'],
    }),
  ),
})

export type CollectorSettings = Readonly<Static<typeof collectorSettings>>
