import type { AttackTechnique } from '../../../schemas/generated/posture-event.ts'
import type { Fields } from '../../records/fields.ts'
import { present } from '../../records/present.ts'
import { TACTICS, TECHNIQUES, type AttackWord } from './attack-words.ts'
import { enumWordList, type EnumWords } from './enums.ts'

const TACTIC_WORDS = wordsOf(TACTICS)
const TECHNIQUE_WORDS = wordsOf(TECHNIQUES)
const TACTIC_UIDS: ReadonlyMap<string, string> = new Map(TACTICS)
const TECHNIQUE_UIDS: ReadonlyMap<string, string> = new Map(TECHNIQUES)
const ACRONYMS: ReadonlySet<string> = new Set(['API', 'DNS', 'OS', 'SSH'])
const SMALL_WORDS: ReadonlySet<string> = new Set(['AND', 'FOR', 'FROM', 'IN', 'OF', 'OR', 'TO'])

/**
 * The tactics and techniques of `mitreAttack`, undefined where it names none: the primary techniques, each with the
 * primary tactic, and the additional ones, of which nothing says which tactic each belongs to.
 */
export function sccAttacks(finding: Fields): AttackTechnique[] | undefined {
  const attack = finding.object('mitreAttack')
  const [tactic] = enumWordList(attack, 'primaryTactic', TACTIC_WORDS)
  const techniques = unique(enumWordList(attack, 'primaryTechniques', TECHNIQUE_WORDS))
  const primary = techniques.length === 0 && tactic !== undefined ? [attackOf(tactic, undefined)] : []
  const others = unique(enumWordList(attack, 'additionalTechniques', TECHNIQUE_WORDS))
  const found = [
    ...primary,
    ...techniques.map((each) => attackOf(tactic, each)),
    ...unique(enumWordList(attack, 'additionalTactics', TACTIC_WORDS))
      .filter((each) => each !== tactic)
      .map((each) => attackOf(each, undefined)),
    ...others.filter((each) => !techniques.includes(each)).map((each) => attackOf(undefined, each)),
  ]
  return found.length === 0 ? undefined : found
}

function attackOf(tactic: string | undefined, technique: string | undefined): AttackTechnique {
  return present({
    tactic: tactic && readable(tactic),
    tacticUid: tactic && TACTIC_UIDS.get(tactic),
    technique: technique && readable(technique),
    techniqueUid: technique && TECHNIQUE_UIDS.get(technique),
  })
}

/** `LATERAL_MOVEMENT` is Lateral Movement. */
function readable(word: string): string {
  return word
    .split('_')
    .map((part, at) => {
      if (ACRONYMS.has(part)) return part
      return at > 0 && SMALL_WORDS.has(part) ? part.toLowerCase() : `${part.slice(0, 1)}${part.slice(1).toLowerCase()}`
    })
    .join(' ')
}

function wordsOf(known: readonly AttackWord[]): EnumWords {
  return [undefined, ...known.map(([word]) => word)]
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)]
}
