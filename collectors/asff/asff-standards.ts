import type { Standard } from '../../schemas/generated/posture-event.ts'
import type { Fields } from '../records/fields.ts'
import { standardName, type StandardRule } from './security-controls.ts'

/** Prowler cuts `NAME requirement requirement …` off at 63 or 64 characters. */
const CUT_OFF = 63

/**
 * The standards of an ASFF finding, each with its requirements, however the product writes them; `own` is the one that a
 * record reports for where it reports for one alone.
 */
export function asffStandards(compliance: Fields, own: StandardRule | undefined): Standard[] {
  const names = compliance.objects('AssociatedStandards').flatMap((each) => each.text('StandardsId') ?? [])
  return standardSet(names, compliance.texts('RelatedRequirements'), own)
}

/** The named standards, once each, with what each of the requirement texts says about one of them or about another. */
export function standardSet(
  named: readonly string[],
  requirementTexts: readonly string[],
  own: StandardRule | undefined,
): Standard[] {
  const standards = new Map(named.map((name): [string, string[]] => [standardName(name), []]))
  if (own !== undefined) standards.set(own.standard, /^\d/.test(own.rule) ? [own.rule] : [])
  const names = [...standards.keys()].toSorted((a, b) => b.length - a.length)
  for (const text of requirementTexts) {
    const name = names.find((each) => text === each || text.startsWith(`${each} `))
    const [standard, requirements] = name === undefined ? foreign(text, names) : [name, prowlers(text, name)]
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
function foreign(text: string, names: readonly string[]): [string, string[]] {
  const [, title, requirement] = /^(.+)\/([^\s/]+)$/.exec(text) ?? /^(.+) (\S+)$/.exec(text) ?? []
  if (title === undefined || requirement === undefined) return [text, []]
  const path = `/${pathOfTitle(title)}`
  return [names.find((each) => each.endsWith(path)) ?? title, [requirement]]
}

/** `CIS AWS Foundations Benchmark v1.2.0` is `cis-aws-foundations-benchmark/v/1.2.0` among the standards. */
function pathOfTitle(title: string): string {
  const [, number, revision] = /^NIST\.([\d-]+)\.r(\d+)$/.exec(title) ?? []
  if (number !== undefined && revision !== undefined) return `nist-${number}/v/${revision}.0.0`
  const [, words, version] = /^(.+) v([\d.]+)$/.exec(title) ?? []
  return words === undefined || version === undefined
    ? title
    : `${words.toLowerCase().replaceAll(' ', '-')}/v/${version}`
}
