import { rankOf, type Rung } from '../../evidence.ts'

/** What CISA's BOD 26-04 asks about a vulnerability on one asset. */
export interface BodInput {
  /** In CISA's catalogue of known exploited vulnerabilities. */
  readonly kev: boolean
  /** Untrusted parties can reach the asset over public networks, wherever it stands. */
  readonly exposed: boolean
  readonly automatable: boolean
  readonly technicalImpact: 'partial' | 'total'
}

/** How long there is to mend it. */
export interface BodTimeline {
  /** Absent: with the system's next upgrade. */
  readonly days?: 3 | 14 | 60
  /** Whether to look for traces of an intrusion too. */
  readonly forensics: boolean
  readonly text: string
}

const UPGRADE: BodTimeline = { forensics: false, text: 'on system upgrade' }
const DAYS_60: BodTimeline = { days: 60, forensics: false, text: '60 days' }
const DAYS_14: BodTimeline = { days: 14, forensics: false, text: '14 days' }
const DAYS_3: BodTimeline = { days: 3, forensics: false, text: '3 days' }
const DAYS_3_FORENSICS: BodTimeline = { days: 3, forensics: true, text: '3 days and forensic investigation' }

/** Every timeline, the longest first. */
export const BOD_TIMELINES: readonly BodTimeline[] = [UPGRADE, DAYS_60, DAYS_14, DAYS_3, DAYS_3_FORENSICS]

/** CISA's BOD 26-04 remediation timelines 1.0.0, whole (CERTCC/SSVC, cisa_bod_26_04_1_0_0.csv): two rows of that a line. */
const TABLE: readonly (readonly [partial: BodTimeline, total: BodTimeline])[] = [
  // in KEV  exposed  automatable
  /* no      no       no  */ [UPGRADE, UPGRADE],
  /* no      no       yes */ [DAYS_60, DAYS_60],
  /* no      yes      no  */ [DAYS_60, DAYS_14],
  /* no      yes      yes */ [DAYS_14, DAYS_3],
  /* yes     no       no  */ [DAYS_14, DAYS_14],
  /* yes     no       yes */ [DAYS_14, DAYS_3_FORENSICS],
  /* yes     yes      no  */ [DAYS_14, DAYS_3_FORENSICS],
  /* yes     yes      yes */ [DAYS_3, DAYS_3_FORENSICS],
]

/** Whether untrusted parties can reach what is exposed like this. */
export function isPublic(exposure: Rung<'exposure'>): boolean {
  return rankOf('exposure', exposure) >= rankOf('exposure', 'internet')
}

/** The timeline of BOD 26-04 for these four answers. */
export function bodTimeline({ kev, exposed, automatable, technicalImpact }: BodInput): BodTimeline {
  const [partial, total] = TABLE[Number(kev) * 4 + Number(exposed) * 2 + Number(automatable)] ?? [UPGRADE, UPGRADE]
  return technicalImpact === 'total' ? total : partial
}
