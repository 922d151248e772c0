import type { Vulnerability } from '../../../schemas/generated/posture-event.ts'
import { rankOf, type CveEvidence, type Evidence } from '../../evidence.ts'
import type { Intelligence } from '../../intelligence.ts'
import { bodTimeline } from '../cve/bod.ts'
import { cvssAnswers } from './cvss.ts'
import { worse } from './worse.ts'

const CVE_ID = /^CVE-\d{4}-\d{4,}$/i

/** What a finding's vulnerabilities come to: the worst of them decides. */
export interface VulnerabilityEvidence {
  readonly exploitability?: Evidence<'exploitability'>
  readonly cve?: CveEvidence
}

interface Judged {
  readonly exploitability: Evidence<'exploitability'>
  /** Undefined for an advisory that is no CVE. */
  readonly cve: CveEvidence | undefined
}

interface Basis {
  readonly intelligence: Intelligence
  /** The EPSS score from which a CVE counts as easy to exploit. */
  readonly epssEasy: number
  /** Who reports the finding. */
  readonly source: string
}

/**
 * How exploitable the vulnerabilities are, and the CVE that decides: active in CISA's catalogue, easy by its EPSS score
 * or a public exploit, else conditional, which is certain only where both lists are there and have it in neither band.
 */
export function vulnerabilityEvidence(listed: readonly Vulnerability[], basis: Basis): VulnerabilityEvidence {
  const [first, ...others] = listed.map((each) => judge(each, basis))
  if (first === undefined) return {}
  const cve = others.reduce((worst, each) => (decides(each, worst) ? each : worst), first).cve
  return { exploitability: worstOf([first, ...others]), ...(cve === undefined ? {} : { cve }) }
}

/** One vulnerability of which too little is known keeps the others from proving that nothing is easy. */
function worstOf(judged: readonly [Judged, ...Judged[]]): Evidence<'exploitability'> {
  const all = judged.map((each) => each.exploitability)
  const worst = all.reduce((held, each) => worse('exploitability', held, each))
  const unsure = worst.value === 'conditional' ? all.find(({ certainty }) => certainty === 'possible') : undefined
  return unsure ?? worst
}

function judge(vulnerability: Vulnerability, basis: Basis): Judged {
  const { uid, publicExploit, cvss = [] } = vulnerability
  const isCve = CVE_ID.test(uid)
  if (!isCve) return { exploitability: exploitabilityOf(vulnerability, undefined, basis), cve: undefined }
  const { intelligence } = basis
  const name = uid.toUpperCase()
  const listing = intelligence.kevOf(name)
  const scored = intelligence.epssOf(name)
  const epss = scored?.score ?? vulnerability.epss
  const cve: CveEvidence = {
    uid: name,
    ...(intelligence.kev === undefined ? {} : { kev: listing !== undefined }),
    ...(listing === undefined ? {} : { kevAddedAt: listing.addedAt }),
    ...(epss === undefined ? {} : { epss }),
    ...(scored === undefined ? {} : { epssPercentile: scored.percentile }),
    ...(publicExploit === undefined ? {} : { publicExploit }),
    ...cvssAnswers(cvss),
  }
  return { exploitability: exploitabilityOf(vulnerability, cve, basis), cve }
}

function exploitabilityOf(
  { uid, publicExploit, epss: stated }: Vulnerability,
  cve: CveEvidence | undefined,
  { intelligence, epssEasy, source }: Basis,
): Evidence<'exploitability'> {
  const name = cve?.uid ?? uid
  if (cve?.kev === true) {
    const since = cve.kevAddedAt === undefined ? '' : ` since ${day(cve.kevAddedAt)}`
    return certain('active', 'CISA KEV', `${name} in CISA KEV${since}`, intelligence.kev?.at)
  }
  // A percentile comes with a score of FIRST's, never with a source's.
  const isScored = cve?.epssPercentile !== undefined
  const scorer = isScored ? 'FIRST EPSS' : source
  const epss = cve?.epss ?? stated
  if (epss !== undefined && epss >= epssEasy)
    return certain('easy', scorer, `${name} EPSS ${epss.toFixed(2)}`, isScored ? intelligence.epss?.at : undefined)
  if (publicExploit === true) return certain('easy', source, `${name} has a public exploit`, undefined)
  if (cve?.kev === false && isScored) {
    const evidence = `${name} not in CISA KEV, EPSS below ${epssEasy}`
    return certain('conditional', 'CISA KEV and FIRST EPSS', evidence, intelligence.epss?.at)
  }
  const unknown = cve === undefined ? 'an advisory that is no CVE' : 'not found in both CISA KEV and FIRST EPSS'
  return { value: 'conditional', certainty: 'possible', source, evidence: [`${name}: ${unknown}`] }
}

function certain(
  value: Evidence<'exploitability'>['value'],
  source: string,
  evidence: string,
  observedAt: number | undefined,
): Evidence<'exploitability'> {
  return {
    value,
    certainty: 'certain',
    source,
    ...(observedAt === undefined ? {} : { observedAt }),
    evidence: [evidence],
  }
}

/** Never by the score itself, which moves from day to day: by what it makes of it, by the timeline, at last by its id. */
function decides(offered: Judged, held: Judged): boolean {
  if (offered.cve === undefined) return false
  if (held.cve === undefined) return true
  const difference = urgency(offered.exploitability, offered.cve) - urgency(held.exploitability, held.cve)
  return difference > 0 || (difference === 0 && offered.cve.uid < held.cve.uid)
}

const LONGEST_DAYS = 1000

function urgency({ value }: Evidence<'exploitability'>, cve: CveEvidence): number {
  const { kev = false, automatable = false, technicalImpact = 'partial' } = cve
  const { days = LONGEST_DAYS } = bodTimeline({ kev, exposed: true, automatable, technicalImpact })
  return rankOf('exploitability', value) * LONGEST_DAYS * 2 - days
}

function day(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 10)
}
