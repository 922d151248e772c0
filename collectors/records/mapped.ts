import { PermanentError } from '../../core/errors.ts'
import { readTime, type TimeUnit } from '../../core/time.ts'
import { keyRegion } from '../../schemas/finding-key.ts'
import type { Cloud, FindingObserved, Identity, Resource } from '../../schemas/generated/posture-event.ts'
import type { Fields, JsonObject } from './fields.ts'

/** What a report states about one finding: the event without what the collector knows better. */
export type Statement = Omit<FindingObserved, 'type' | 'id' | 'time' | 'tenant' | 'collector' | 'key' | 'scan'>

export interface MappedFinding {
  readonly statement: Statement
  /** The source's own id of the scan, where it has one. */
  readonly scanUid: string | undefined
  /** The record's time, in milliseconds since the epoch. */
  readonly at: number
}

export interface MappingOptions {
  /** The IANA zone of dates that name none. */
  readonly zone: string
  /** When the report was written: the time of facts that the source does not stamp. */
  readonly reportedAt: number
  /** Leaves the resources' free-form data out, where it would make the event too large. */
  readonly withoutData: boolean
  /** Whose findings they are where a record does not say. */
  readonly account?: string | undefined
}

/** What became of one record. */
export type Mapped =
  | { readonly outcome: 'finding'; readonly finding: MappedFinding }
  /** We wrote it ourselves: it says nothing that we do not know, and is counted only. */
  | { readonly outcome: 'own' }
  /** It is set aside, for a reason with a code of its own (`RECORD_…`). */
  | { readonly outcome: 'rejected'; readonly error: PermanentError }

/** Maps one record. Pure. Throws a PermanentError (`RECORD_INCOMPLETE`, `RECORD_WITHOUT_TIME`) that names what is missing. */
export type Mapper = (record: JsonObject, options: MappingOptions) => MappedFinding

/** Throws a PermanentError (`RECORD_INCOMPLETE`) when the value is absent. */
export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value
  throw new PermanentError('RECORD_INCOMPLETE', `the record has no ${name}`)
}

/** The first of these fields that holds a time. Throws a PermanentError (`RECORD_WITHOUT_TIME`) when none does. */
export function recordTime(
  candidates: readonly (readonly [Fields, string])[],
  unit: TimeUnit,
  { zone }: MappingOptions,
): number {
  for (const [fields, key] of candidates) {
    const read = readTime(fields.value[key], { unit, zone })
    if (read === undefined) continue
    fields.note(read.notes)
    return read.at
  }
  const names = candidates.map(([, key]) => key).join(', ')
  throw new PermanentError('RECORD_WITHOUT_TIME', `the record has no time between 2000 and 2100 in any of ${names}`)
}

/** The latest of these times; undefined where none is there. */
export function latestTime(
  candidates: readonly (readonly [Fields, string])[],
  unit: TimeUnit,
  { zone }: MappingOptions,
): number | undefined {
  const found = candidates.flatMap(([fields, key]) => {
    const read = readTime(fields.value[key], { unit, zone })
    return read === undefined ? [] : [{ fields, ...read }]
  })
  const [latest] = found.toSorted((one, other) => other.at - one.at)
  latest?.fields.note(latest.notes)
  return latest?.at
}

/** The parts of the finding key: the same for one finding whatever the form of the report. */
export function identityOf(
  product: string,
  control: string,
  subject: Resource,
  { provider, account, region }: Cloud,
  discriminator: string,
): Identity {
  const resource = subject.uid
  return {
    product,
    provider,
    account,
    region: keyRegion(resource, subject.region ?? region ?? ''),
    control,
    resource,
    discriminator,
  }
}

/** The resources of a finding, the subject first. Throws a PermanentError (`RECORD_INCOMPLETE`) when there is none. */
export function subjectFirst(resources: readonly Resource[], name: string): [Resource, ...Resource[]] {
  const [subject, ...others] = resources
  return [required(subject, name), ...others]
}
