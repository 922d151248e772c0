import type { Verdict } from '../../../schemas/generated/posture-event.ts'
import type { MappingOptions } from '../../records/mapped.ts'
import { present } from '../../records/present.ts'
import type { AnyCase } from './any-case.ts'
import { timeIn, type States } from './defender-source.ts'
import { textOfHtml } from './html-text.ts'

const VERDICTS: ReadonlyMap<string, Verdict['value']> = new Map([
  ['healthy', 'pass'],
  ['unhealthy', 'fail'],
  ['nothealthy', 'fail'],
])
const NOT_APPLICABLE = 'notapplicable'
/** As the export to Log Analytics calls what is there no more. */
const REMOVED = 'removed'
/** Why it is not applicable when people decided so: an exemption, a recommendation or a finding that they switched off. */
const EXEMPT = 'exempt'

/**
 * The facts of an assessment, or of a part of one. What does not apply any more was taken back, unless people exempted
 * it: then it is muted, and fails as it did. Only the change of the verdict is stamped; the rest counts from the message.
 */
export function assessmentStates(status: AnyCase, deleted: boolean, options: MappingOptions): States {
  const { reportedAt } = options
  const word = status.text('code')
  const code = word?.toLowerCase().replace(/[\s_-]/g, '') ?? ''
  const at = timeIn(status, 'statuschangedate', options) ?? reportedAt
  if (deleted || code === REMOVED)
    return {
      verdict: present({ value: 'none' as const, word, at, sequence: reportedAt }),
      archived: true,
      deleted: true,
    }
  const value = VERDICTS.get(code) ?? 'none'
  const cause = causeOf(status)
  const detail = textOfHtml(status.text('description')) ?? cause
  const isExempt = code === NOT_APPLICABLE && cause?.toLowerCase() === EXEMPT
  const isKnown = value !== 'none' || code === NOT_APPLICABLE
  return present({
    verdict: present({ value, word, detail, at, sequence: reportedAt }),
    mute: isKnown ? present({ muted: isExempt, reason: isExempt ? detail : undefined, at: reportedAt }) : undefined,
    archived: code === NOT_APPLICABLE && !isExempt ? true : undefined,
  })
}

/** The programmatic reason for a status, where there is one. */
export function causeOf(status: AnyCase): string | undefined {
  return textOfHtml(status.text('cause'))
}
