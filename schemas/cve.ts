/** Of a CVE id: its year, and its number inside it. */
export interface CveName {
  readonly year: string
  readonly number: number
}

/** Four digits with leading zeros, or more without: one CVE has one id. The largest number that was ever given has seven. */
const CVE = /^CVE-(\d{4})-(\d{4}|[1-9]\d{4,9})$/i
/** So many numbers, one after another, share a page of EPSS scores. */
export const CVES_PER_PAGE = 1000
const DIGITS = 4

/** What a CVE id says; undefined of anything else. */
export function parseCve(text: string): CveName | undefined {
  const [, year, number] = CVE.exec(text) ?? []
  return year === undefined ? undefined : { year, number: Number(number) }
}

/** The one way to write it: CVE-2024-0042. */
export function cveId({ year, number }: CveName): string {
  return `CVE-${year}-${String(number).padStart(DIGITS, '0')}`
}

/** The page of posture.global that holds a CVE's EPSS score: epss/2024-3 of CVE-2024-3094. */
export function epssPageOf({ year, number }: CveName): string {
  return `epss/${year}-${Math.floor(number / CVES_PER_PAGE)}`
}

/** The page of posture.global that holds a CVE's entry in CISA's catalogue: kev/2024. */
export function kevPageOf({ year }: CveName): string {
  return `kev/${year}`
}
