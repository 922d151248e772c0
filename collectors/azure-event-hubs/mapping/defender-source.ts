import type { FindingObserved, Source, SourceSeen } from '../../../schemas/generated/posture-event.ts'
import { readTime } from '../../../core/time.ts'
import type { MappingOptions } from '../../records/mapped.ts'
import { present } from '../../records/present.ts'
import type { AnyCase } from './any-case.ts'

/** The product as it stands in the identity of findings. */
export const DEFENDER = 'defender-for-cloud'

/** Whose findings these are; ids ignore case. */
export function defenderSource(uid: string | undefined): Source {
  return present({
    product: DEFENDER,
    name: 'Microsoft Defender for Cloud',
    vendor: 'Microsoft',
    format: 'defender',
    uid: uid?.toLowerCase(),
  })
}

/** Since when the source knows of it, where it says so; it spoke of it last when the message came into the hub. */
export function seenBetween(first: number | undefined, { reportedAt }: MappingOptions): SourceSeen {
  return present({ first, last: reportedAt })
}

/** A time of the source; undefined where there is none that makes sense, such as the year 1. */
export function timeIn(fields: AnyCase, key: string, { zone }: MappingOptions): number | undefined {
  const read = readTime(fields.value[key], { unit: 'milliseconds', zone })
  if (read !== undefined) fields.note(read.notes)
  return read?.at
}

/** The facts that the states of a record come to. */
export type States = Pick<FindingObserved, 'verdict' | 'mute' | 'workflow' | 'archived' | 'deleted'>
