import type { CvePriority, Priority } from '../enricher.ts'
import { ITEMS, type EvidenceVector, type Item } from '../evidence.ts'
import type { Case } from './facts.ts'
import { countedRung, pointOf } from './point.ts'
import { prioritise } from './prioritise.ts'
import type { Ruleset } from './ruleset.ts'
import { holdLine, scoreLine, severityAlone, tableLines, type Step } from './table-lines.ts'
import { endsOf } from './unknowns.ts'
import { attribution, rungName, TITLES } from './words.ts'

export type { Step } from './table-lines.ts'

/**
 * How the priority of this evidence comes about, step by step, in the published names of rungs, tables and overrides: a
 * reader can follow it with the tables in hand.
 */
export function derivation(vector: EvidenceVector, ruleset: Ruleset): readonly Step[] {
  const seen: Case = { vector, point: pointOf(vector, ruleset.tables), tables: ruleset.tables }
  const priority = prioritise(vector, ruleset)
  const steps = ruleset.steps(seen.point)
  return [
    ...evidenceLines(seen),
    ...(steps.onlySeverity ? [severityAlone(seen, steps)] : tableLines(seen, steps)),
    holdLine(steps.band, priority.band, endsOf(seen.point, ruleset)),
    scoreLine(seen, priority),
    ...outlook(priority),
    ...(priority.cve === undefined ? [] : cveLines(priority.cve)),
    ...provenance(priority),
  ]
}

function evidenceLines(seen: Case): Step[] {
  const { cve } = seen.vector
  const items = ITEMS.flatMap((item) => [
    { title: TITLES[item], text: evidenceLine(item, seen) },
    ...overruledLines(item, seen.vector),
  ])
  if (cve === undefined) return items
  return [
    ...items,
    { title: 'CVE', text: cve.uid },
    { title: TITLES.kev, text: answer(cve.kev) },
    { title: TITLES.automatable, text: answer(cve.automatable) },
    { title: TITLES.technicalImpact, text: cve.technicalImpact ?? 'unknown, counts as partial' },
  ]
}

function evidenceLine(item: Item, { vector, point, tables }: Case): string {
  const evidence = vector[item]
  const counts = item === 'severity' ? 'moves nothing' : `counts as ${rungName(item, countedRung(item, tables))}`
  if (evidence === undefined) return `unknown, ${counts}`
  const said = `${evidence.value} (${evidence.certainty === 'certain' ? 'certain, ' : ''}${attribution(evidence)})`
  return point.isKnown(item) ? said : `${said}: not proved, so unknown, ${counts}`
}

function overruledLines(item: Item, vector: EvidenceVector): Step[] {
  return (vector[item]?.overruled ?? []).map(({ value, source, evidence }) => ({
    title: TITLES[item],
    text: `${value} (${attribution({ value, certainty: 'possible', source, ...(evidence && { evidence }) })}): overruled by what is proved`,
  }))
}

function answer(known: boolean | undefined): string {
  if (known === undefined) return 'unknown, counts as no'
  return known ? 'yes' : 'no'
}

function outlook({ range, counterfactuals, wouldChangeIf, dueDays, band }: Priority): Step[] {
  const [best, worst] = range
  const between =
    best === worst ? `${best}, whatever is learnt` : `${best} at best, ${worst} at worst, once everything is known`
  const none = band === 'P4' ? 'no band is lower' : 'no single change lowers it: mend the finding itself'
  return [
    { title: 'Range', text: between },
    ...linesOf('What would lower it', counterfactuals, none),
    ...linesOf('Would change if', wouldChangeIf, 'nothing is unknown'),
    { title: 'Due', text: `${dueDays} days after it first was this urgent (${band})` },
  ]
}

function linesOf(title: string, sentences: readonly { readonly text: string }[], none: string): Step[] {
  return sentences.length === 0 ? [{ title, text: none }] : sentences.map(({ text }) => ({ title, text }))
}

/** What CISA's two tables say by themselves; neither is blended into ours. */
function cveLines({ uid, ssvc, bod, unknown }: CvePriority): Step[] {
  const open = unknown.length === 0 ? '' : `, depending on ${unknown.join(', ')}`
  return [
    { title: 'CISA SSVC', text: `${uid}: ${ssvc.join(' or ')}${ssvc.length > 1 ? open : ''}` },
    { title: 'CISA BOD 26-04', text: `${uid}: ${bod.join(' or ')}${bod.length > 1 ? open : ''}` },
  ]
}

function provenance({ ruleset: { name, version, hash }, inputHash }: Priority): Step[] {
  return [
    { title: 'Ruleset', text: `${name}, version ${version}, ${hash}` },
    { title: 'Inputs', text: inputHash },
  ]
}
