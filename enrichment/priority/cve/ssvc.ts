/** SSVC's decision points as CISA's table asks for them, each the mildest first. */
export const EXPLOITATION = ['none', 'poc', 'active'] as const
export const MISSION = ['low', 'medium', 'high'] as const
/** What CISA's table answers, the mildest first. */
export const SSVC_OUTCOMES = ['track', 'track*', 'attend', 'act'] as const

export type Exploitation = (typeof EXPLOITATION)[number]
export type Mission = (typeof MISSION)[number]
export type SsvcOutcome = (typeof SSVC_OUTCOMES)[number]

export interface SsvcInput {
  /** none, a public proof of concept, or active. */
  readonly exploitation: Exploitation
  readonly automatable: boolean
  readonly technicalImpact: 'partial' | 'total'
  /** The impact on the mission and on people's well-being. */
  readonly mission: Mission
}

type Row = Readonly<Record<Mission, SsvcOutcome>>
type Rows = Readonly<Record<'partial' | 'total', Row>>

/** CISA's coordinator table 2.0.3, whole (CERTCC/SSVC, cisa_coordinator_2_0_3.csv): three rows of that a line. */
const TABLE: Readonly<Record<Exploitation, Readonly<Record<'no' | 'yes', Rows>>>> = {
  none: {
    no: {
      partial: { low: 'track', medium: 'track', high: 'track' },
      total: { low: 'track', medium: 'track', high: 'track*' },
    },
    yes: {
      partial: { low: 'track', medium: 'track', high: 'attend' },
      total: { low: 'track', medium: 'track', high: 'attend' },
    },
  },
  poc: {
    no: {
      partial: { low: 'track', medium: 'track', high: 'track*' },
      total: { low: 'track', medium: 'track*', high: 'attend' },
    },
    yes: {
      partial: { low: 'track', medium: 'track', high: 'attend' },
      total: { low: 'track', medium: 'track*', high: 'attend' },
    },
  },
  active: {
    no: {
      partial: { low: 'track', medium: 'track', high: 'attend' },
      total: { low: 'track', medium: 'attend', high: 'act' },
    },
    yes: {
      partial: { low: 'attend', medium: 'attend', high: 'act' },
      total: { low: 'attend', medium: 'act', high: 'act' },
    },
  },
}

/** What CISA's table says of a vulnerability for these four answers. */
export function ssvcOutcome({ exploitation, automatable, technicalImpact, mission }: SsvcInput): SsvcOutcome {
  return TABLE[exploitation][automatable ? 'yes' : 'no'][technicalImpact][mission]
}
