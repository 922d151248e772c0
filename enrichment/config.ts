import { Type, type Static } from 'typebox'
import { digest } from '../core/digest.ts'
import { decidingSettings, enricherConfig, enrichersOf, type EnricherSettings } from './catalog.ts'
import type { Periods } from './lifecycle/periods.ts'

const DAY_MS = 24 * 3600 * 1000

/** The section `enrichment` of the configuration. */
export const enrichmentConfig = Type.Object(
  {
    directory: Type.Optional(
      Type.String({
        minLength: 1,
        path: true,
        description:
          'The folder that holds the local store, one process each; with an embedded stream its own folder unless told',
        examples: ['./data/enrichment'],
      }),
    ),
    refreshDays: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 30,
      description:
        'An open or muted finding that was not emitted for this many days is emitted again: destinations forget',
    }),
    forgetDays: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 400,
      description: 'A finding that has been closed for this many days is forgotten',
    }),
    memoryDays: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 30,
      description:
        'What never failed is remembered for this many days, so that an older statement that comes late opens nothing',
    }),
    ...enricherConfig,
  },
  { additionalProperties: false, default: {}, description: 'Settings of the enrichment stage' },
)

export type EnrichmentConfig = Static<typeof enrichmentConfig>

export function periodsOf(config: EnrichmentConfig): Periods {
  return {
    refreshMs: config.refreshDays * DAY_MS,
    forgetMs: config.forgetDays * DAY_MS,
    memoryMs: config.memoryDays * DAY_MS,
  }
}

/**
 * The rules that findings are enriched under, as one digest, with the part of the configuration that decides with them:
 * another one has all of them enriched again.
 */
export function ruleset(settings: EnricherSettings): string {
  return digest([enrichersOf(settings).map(({ name, version }) => [name, version]), decidingSettings(settings)])
}
