import type { AttackTechnique } from '../../../schemas/generated/posture-event.ts'
import { present } from '../../records/present.ts'

/** ATT&CK for Enterprise, by the name that Microsoft writes in one word. */
const TACTICS: ReadonlyMap<string, readonly [uid: string, name: string]> = new Map([
  ['reconnaissance', ['TA0043', 'Reconnaissance']],
  ['resourcedevelopment', ['TA0042', 'Resource Development']],
  ['initialaccess', ['TA0001', 'Initial Access']],
  ['execution', ['TA0002', 'Execution']],
  ['persistence', ['TA0003', 'Persistence']],
  ['privilegeescalation', ['TA0004', 'Privilege Escalation']],
  ['defenseevasion', ['TA0005', 'Defense Evasion']],
  ['credentialaccess', ['TA0006', 'Credential Access']],
  ['discovery', ['TA0007', 'Discovery']],
  ['lateralmovement', ['TA0008', 'Lateral Movement']],
  ['collection', ['TA0009', 'Collection']],
  ['exfiltration', ['TA0010', 'Exfiltration']],
  ['commandandcontrol', ['TA0011', 'Command and Control']],
  ['impact', ['TA0040', 'Impact']],
])
const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/i

/**
 * The tactics and techniques that a record names, each once: by their names in one word or several, by ids, several in
 * one text (`Persistence, CredentialAccess`). What is no tactic of ATT&CK (Probing, Unknown) is left out.
 */
export function attacksOf(tactics: readonly string[], techniques: readonly string[]): AttackTechnique[] | undefined {
  const named = unique(tactics.flatMap(wordsOf)).flatMap((word): AttackTechnique[] => {
    const [tacticUid, tactic] = TACTICS.get(word.toLowerCase().replace(/[\s_-]/g, '')) ?? []
    return tacticUid === undefined || tactic === undefined ? [] : [{ tactic, tacticUid }]
  })
  const used = unique(techniques.flatMap(wordsOf)).map((word): AttackTechnique =>
    TECHNIQUE.test(word) ? { techniqueUid: word.toUpperCase() } : { technique: word },
  )
  // Of several tactics nothing says to which one a technique belongs.
  const only = named.length === 1 ? named[0] : undefined
  const found =
    only === undefined || used.length === 0 ? [...named, ...used] : used.map((each) => present({ ...only, ...each }))
  return found.length === 0 ? undefined : found
}

/** The words of a text that lists them, also as JSON: `["Persistence"]`. */
function wordsOf(text: string): string[] {
  return text
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(',')
    .map((word) => word.trim().replace(/^"|"$/g, '').trim())
    .filter((word) => word !== '')
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)]
}
