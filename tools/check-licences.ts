/** Holds package-lock.json against the licences we accept, and refuses download addresses in it. */
import { readFileSync } from 'node:fs'

interface LockedPackage {
  readonly license?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly resolved?: string
}

/** What we ship with: no copyleft of any kind. */
const shipped = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'])
/** Tools that never leave this repository may be weak copyleft as well. */
const development = new Set([...shipped, 'MPL-2.0', 'Python-2.0', 'PSF-2.0', 'CC0-1.0'])

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages?: Readonly<Record<string, LockedPackage>>
}
const packages = Object.entries(lock.packages ?? {}).filter(([path, { link }]) => path !== '' && link !== true)
const complaints = packages.flatMap(([path, locked]) => complain(path, locked))
if (packages.length === 0) complaints.push('package-lock.json lists no package')

for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
else console.log(`${packages.length} packages have a licence that we accept`)

function complain(path: string, { license, dev, resolved }: LockedPackage): string[] {
  const accepted = dev === true ? development : shipped
  const found: string[] = []
  if (license === undefined) found.push(`${path}: states no licence`)
  else if (!allowed(license, accepted)) found.push(`${path}: ${license} is not one of ${[...accepted].join(', ')}`)
  // Where packages come from is the business of whoever installs them, not of this file.
  if (resolved !== undefined && resolved.includes('://'))
    found.push(`${path}: carries a download address; set omit-lockfile-registry-resolved=true in .npmrc and lock again`)
  return found
}

/** SPDX: of alternatives one must be acceptable, of a combination all. */
function allowed(expression: string, accepted: ReadonlySet<string>): boolean {
  const alternatives = expression.replaceAll(/[()]/g, '').split(' OR ')
  return alternatives.some((alternative) => alternative.split(' AND ').every((licence) => accepted.has(licence)))
}
