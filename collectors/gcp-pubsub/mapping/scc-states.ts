import type { SourceMute, Verdict } from '../../../schemas/generated/posture-event.ts'
import type { Fields } from '../../records/fields.ts'
import { latestTime, type MappingOptions } from '../../records/mapped.ts'
import { present } from '../../records/present.ts'
import { enumWord, MUTES, STATES } from './enums.ts'

const VERDICTS: ReadonlyMap<string | undefined, Verdict['value']> = new Map([
  ['ACTIVE', 'fail'],
  ['INACTIVE', 'pass'],
])

/**
 * ACTIVE or INACTIVE as of the event, muted or not. Of two messages of one event time (a change of the severity alone need
 * not move it) the one that was published later counts.
 */
export function sccVerdict(finding: Fields, at: number, { reportedAt }: MappingOptions): Verdict {
  const word = enumWord(finding, 'state', STATES)
  return present({ value: VERDICTS.get(word) ?? ('none' as const), word, at, sequence: reportedAt })
}

/**
 * Whether Security Command Center mutes the finding, as of the time of the latest of what makes it so; `at` is that of the
 * event. UNDEFINED is where no mute was set, or none holds any more: nothing need stamp that a rule ceased to match, so
 * it counts from the event at the latest, and beats a mute of the same time. Undefined where nothing is said of it.
 */
export function sccMute(finding: Fields, at: number, options: MappingOptions): SourceMute | undefined {
  const word = enumWord(finding, 'mute', MUTES)
  if (word !== 'MUTED' && word !== 'UNMUTED' && word !== 'UNDEFINED') return undefined
  const info = finding.object('muteInfo')
  const rules = info.objects('dynamicMuteRecords')
  const stamps = [
    [finding, 'muteUpdateTime'] as const,
    [info.object('staticMute'), 'applyTime'] as const,
    ...rules.map((each) => [each, 'matchTime'] as const),
  ]
  const stamped = latestTime(stamps, 'milliseconds', options) ?? at
  const reason = finding.text('muteInitiator') ?? rules.flatMap((each) => each.text('muteConfig') ?? []).join(', ')
  return present({
    muted: word === 'MUTED',
    reason: word === 'MUTED' ? reason || undefined : undefined,
    at: word === 'UNDEFINED' ? Math.max(stamped, at) : stamped,
  })
}
