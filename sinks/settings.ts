import { Type, type Static } from 'typebox'
import { sinkFrom } from './selection/beginning.ts'
import { sinkDelivery } from './delivery-options.ts'
import { sinkFilter, type SinkFilter } from './selection/filter.ts'
import { sinkOmit } from './selection/omit.ts'

/** What every sink takes beside its own settings. */
export const sinkSettings = Type.Object({
  filter: Type.Optional(sinkFilter),
  omit: sinkOmit,
  from: sinkFrom,
  delivery: sinkDelivery,
})

export type SinkSettings = Readonly<Omit<Static<typeof sinkSettings>, 'filter' | 'omit'>> & {
  readonly filter?: SinkFilter
  readonly omit: readonly string[]
}
