import { ruleProblemsIn } from '../../enrichment/asset-context/rule-problems.ts'
import type { AssetConfig } from '../../enrichment/asset-context/rules.ts'
import { repetitionsIn, type CorrelationConfig } from '../../enrichment/correlation/groups.ts'
import type { PriorityConfig } from '../../enrichment/priority/config.ts'
import { tablesOf } from '../../enrichment/priority/settle.ts'
import { culpritOf, type Culprit } from '../../enrichment/priority/soundness-culprit.ts'
import { unsoundness } from '../../enrichment/priority/soundness.ts'
import { BOD_FLOOR } from '../../enrichment/priority/raw-band-rules.ts'
import { TABLES } from '../../enrichment/priority/tables.ts'
import { nearest } from './nearest.ts'
import { childPointer, type Places } from './places.ts'

type Overrides = NonNullable<PriorityConfig['overrides']>

const PRIORITY = '/enrichment/priority'

/** Notes what a schema cannot say of the section `enrichment`, which has passed its own. */
export function noteEnrichmentRules(section: Readonly<Record<string, unknown>>, places: Places): void {
  noteRepetitions((section['correlation'] ?? {}) as CorrelationConfig, places)
  noteAssetRules(section['assets'] ?? {}, places)
  const priority = section['priority'] as PriorityConfig | undefined
  if (priority === undefined) return
  if (!noteOverrides(priority.overrides ?? {}, places)) noteUnsoundness(priority, places)
}

function noteRepetitions(groups: CorrelationConfig, places: Places): void {
  for (const { group, index, control, first } of repetitionsIn(groups)) {
    places.note(
      `${childPointer('/enrichment/correlation', group)}/${index}`,
      `the control ${control.control} of ${control.product} stands in the group ${first} already`,
      first === group ? 'remove one of the two' : 'a control is in one group: remove it from one of the two',
    )
  }
}

function noteAssetRules(assets: AssetConfig, places: Places): void {
  for (const { at, problem, remedy } of ruleProblemsIn(assets))
    places.note(at.map(String).reduce(childPointer, '/enrichment/assets'), problem, remedy)
}

/** True where something was wrong, so that the tables make no sense yet. */
function noteOverrides(overrides: Overrides, places: Places): boolean {
  let wrong = false
  for (const [name, override] of Object.entries(overrides)) {
    const mistake = mistakeOf(name, override)
    if (mistake === undefined) continue
    wrong = true
    places.note(childPointer(`${PRIORITY}/overrides`, name), mistake.problem, mistake.remedy, 'key')
  }
  return wrong
}

function mistakeOf(name: string, override: Overrides[string]): { problem: string; remedy: string } | undefined {
  if (name === BOD_FLOOR)
    return { problem: 'no override that can be changed here', remedy: 'set its bands under priority.bod instead' }
  if (override === 'off') {
    const shipped = Object.keys(TABLES.overrides)
    if (shipped.includes(name)) return undefined
    const near = nearest(name, shipped)
    const meant = near === undefined ? `remove it; these are shipped: ${shipped.join(', ')}` : `did you mean "${near}"?`
    return { problem: 'no such override is shipped, so that there is nothing to turn off', remedy: meant }
  }
  const { floor, ceiling } = override
  if ((floor === undefined) !== (ceiling === undefined)) return undefined
  const problem = floor === undefined ? 'neither a floor nor a ceiling' : 'a floor and a ceiling at once'
  return { problem, remedy: 'write either "floor: P2" (never less urgent) or "ceiling: P3" (never more urgent)' }
}

function noteUnsoundness(priority: PriorityConfig, places: Places): void {
  const unsound = unsoundness(tablesOf(priority))
  if (unsound === undefined) return
  const culprit = culpritOf(priority, unsound)
  const pointer = culprit.path.reduce<string>(childPointer, PRIORITY)
  const hint = hintOf(culprit, priority.overrides ?? {})
  places.note(pointer, unsound.message, hint === undefined ? unsound.remedy : `${unsound.remedy} (${hint})`)
}

function hintOf({ path: [part, name = ''], shipped }: Culprit, overrides: Overrides): string | undefined {
  if (shipped !== undefined) return `${shipped} is shipped`
  const override = part === 'overrides' ? overrides[name] : undefined
  if (override === undefined) return undefined
  if (override === 'off') return 'other tables rely on what is turned off here'
  const harmful = override.floor === undefined ? 'atLeast' : 'atMost'
  const asks = override.when.some((condition) => Object.values(condition).some((bound) => harmful in bound))
  return asks ? 'a floor asks for atLeast, a ceiling for atMost' : undefined
}
