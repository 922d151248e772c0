import type { Cvss } from '../../../schemas/generated/posture-event.ts'
import type { CveEvidence } from '../../evidence.ts'

/** What SSVC asks of a vulnerability and its CVSS vectors answer. */
export type CvssAnswers = Pick<CveEvidence, 'automatable' | 'technicalImpact'>

type Metrics = ReadonlyMap<string, string>

const VECTOR = /^CVSS:(3\.[01]|4\.0)\/(.+)$/
/** Attacks without preparation, privileges or anybody's help. */
const UNAIDED_3 = { AV: 'N', AC: 'L', PR: 'N', UI: 'N' }
const UNAIDED_4 = { ...UNAIDED_3, AT: 'N' }
/** With both, an attacker who began without privileges has it all; CERT/CC's table says total of either. */
const HALF_LOST = new Set(['HL', 'LH'])

/**
 * What the CVSS vectors of one vulnerability answer; the graver where they differ, nothing where none can tell: no
 * vector, or of version 2.
 */
export function cvssAnswers(scores: readonly Cvss[]): CvssAnswers {
  const vectors = scores.flatMap(vectorOf)
  const automatable = vectors.map(automatableBy).filter((each) => each !== undefined)
  const impact = vectors.map(impactBy).filter((each) => each !== undefined)
  return {
    ...(automatable.length === 0 ? {} : { automatable: automatable.includes(true) }),
    ...(impact.length === 0 ? {} : { technicalImpact: impact.includes('total') ? 'total' : 'partial' }),
  }
}

interface Vector {
  readonly major: 3 | 4
  readonly metrics: Metrics
}

/** Some write the vector without its version, and the version beside it. */
function vectorOf({ version, vector = '' }: Cvss): Vector[] {
  const [, written, rest] = VECTOR.exec(vector) ?? VECTOR.exec(`CVSS:${version}/${vector}`) ?? []
  if (written === undefined || rest === undefined) return []
  const metrics = rest.split('/').map((metric) => metric.split(':'))
  return [
    {
      major: written.startsWith('4') ? 4 : 3,
      metrics: new Map(metrics.flatMap(([name, value]) => (name && value ? [[name, value]] : []))),
    },
  ]
}

/**
 * Version 4 asks the same as SSVC (AU). Else, as our reading of SSVC's four reasons: what works over the network without
 * preparation, privileges or a user's help can be automated; what needs a user or a foothold near by cannot; of the rest
 * a vector does not tell.
 */
function automatableBy({ major, metrics }: Vector): boolean | undefined {
  const stated = major === 4 ? metrics.get('AU') : undefined
  if (stated === 'Y' || stated === 'N') return stated === 'Y'
  const reach = metrics.get('AV')
  const user = metrics.get('UI')
  if (reach === undefined || user === undefined) return undefined
  if (reach !== 'N' || user !== 'N') return false
  const unaided = Object.entries(major === 4 ? UNAIDED_4 : UNAIDED_3)
  return unaided.every(([name, value]) => metrics.get(name) === value) ? true : undefined
}

/**
 * CERT/CC's mapping to SSVC's technical impact. Version 3 (CERTCC/SSVC, information sources): all of confidentiality and
 * integrity lost is total, less is partial, and with a changed scope it cannot be told. Version 4: its table
 * cvssv4_to_technical_impact_1_0_0.csv.
 */
function impactBy({ major, metrics }: Vector): 'partial' | 'total' | undefined {
  if (major === 3 && metrics.get('S') !== 'U') return undefined
  const [confidentiality, integrity] = major === 3 ? ['C', 'I'] : ['VC', 'VI']
  const lost = `${metrics.get(confidentiality) ?? '?'}${metrics.get(integrity) ?? '?'}`
  const privileges = metrics.get('PR')
  if (!/^[HLN]{2}$/.test(lost) || privileges === undefined) return undefined
  if (lost === 'HH') return 'total'
  return major === 4 && privileges === 'N' && HALF_LOST.has(lost) ? 'total' : 'partial'
}
