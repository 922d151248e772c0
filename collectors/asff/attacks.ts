import type { AttackTechnique } from '../../schemas/generated/posture-event.ts'
import type { Fields } from '../records/fields.ts'
import { presentOrNone } from '../records/present.ts'

/** The ATT&CK technique of an OCSF `attacks[]` entry, the sub-technique where it names one; none where it names neither. */
export function attackOf(attack: Fields): AttackTechnique[] {
  const technique = attack.object('sub_technique').text('uid') === undefined ? 'technique' : 'sub_technique'
  const found = presentOrNone({
    tactic: attack.object('tactic').text('name'),
    tacticUid: attack.object('tactic').text('uid'),
    technique: attack.object(technique).text('name'),
    techniqueUid: attack.object(technique).text('uid'),
  })
  return found === undefined ? [] : [found]
}
