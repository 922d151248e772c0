import type { Standard } from '../../../schemas/generated/posture-event.ts'
import type { Fields } from './fields.ts'

/** Prowler cuts `NAME requirement requirement …` off at 63 or 64 characters. */
const CUT_OFF = 63

/** The standards of an ASFF finding, each with its requirements, however the product writes them. */
export function asffStandards(compliance: Fields): Standard[] {
  const standards = new Map<string, string[]>()
  for (const standard of compliance.objects('AssociatedStandards')) {
    const name = standard.text('StandardsId')
    if (name !== undefined) standards.set(name, [])
  }
  const names = [...standards.keys()].toSorted((a, b) => b.length - a.length)
  for (const text of compliance.texts('RelatedRequirements')) {
    const name = names.find((each) => text === each || text.startsWith(`${each} `))
    const [standard, requirements] = name === undefined ? foreign(text) : [name, prowlers(text, name)]
    standards.set(standard, [...(standards.get(standard) ?? []), ...requirements])
  }
  return [...standards].map(([name, requirements]) => ({ name, requirements: [...new Set(requirements)] }))
}

/**
 * `PCI-3.2.1 1.2 1.2.1`, or one title in several words, of which not every one has a digit. What may be cut off is left
 * out; of a cut behind a word the white space is gone by now.
 */
function prowlers(text: string, name: string): string[] {
  const list = text.slice(name.length).trim()
  const words = list.split(/\s+/).filter((each) => each !== '')
  const whole = text.length >= CUT_OFF ? words.slice(0, -1) : words
  if (whole.every((word) => /\d/.test(word))) return whole
  return text.length >= CUT_OFF - 1 ? [] : [list]
}

/** `NIST.800-53.r5 AC-3(1)` and `CIS AWS Foundations Benchmark v1.2.0/4.1`, as AWS writes them. */
function foreign(text: string): [string, string[]] {
  const [, name, requirement] = /^(.+)\/([^\s/]+)$/.exec(text) ?? /^(.+) (\S+)$/.exec(text) ?? []
  return name === undefined || requirement === undefined ? [text, []] : [name, [requirement]]
}
