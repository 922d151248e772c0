import { PermanentError, TransientError, asError, errorCode } from '../core/errors.ts'
import type { DeadLetter } from './generated/dead-letter.ts'
import type { PostureEvent } from './generated/posture-event.ts'
import type { LifecycleState } from './generated/state.ts'

/** The major version that each kind of record is written in. Readers take this one and the one before. */
export const MAJORS = {
  'posture-event': 1,
  'posture-finding': 1,
  state: 1,
  checkpoint: 1,
  delivery: 1,
  'process-report': 1,
} as const
export type RecordName = keyof typeof MAJORS

export type Headers = Readonly<Record<string, string>>

/** What became of a finding, as far as readers of posture.findings see it. */
export type FindingStatus = Exclude<LifecycleState, 'unopened'>
/** The bands of a priority, the most urgent first. */
export const BANDS = ['P1', 'P2', 'P3', 'P4'] as const
export type PriorityBand = (typeof BANDS)[number]
/** Why a revision was emitted. */
export type Cause = 'observed' | 'absence' | 'deleted' | 'decision' | 'expiry' | 'refresh' | 'context'

/** What the headers of a record on posture.findings say about the OCSF event in its value. */
export interface FindingHeaders {
  readonly key: string
  readonly tenant: string
  readonly revision: number
  readonly state: FindingStatus
  readonly priority: PriorityBand
  readonly cause: Cause
  /**
   * When the event that caused it was written to posture.events, in milliseconds since the epoch, by the stream's clock;
   * undefined where the clock caused it.
   */
  readonly causedAt?: number | undefined
}

const SOURCE = 'posture-stream'

/** The CloudEvents 1.0 binary-mode headers of a posture event. */
export function eventHeaders(event: PostureEvent): Headers {
  return {
    ...cloudEvent(event.id, event.type, event.time, 'posture-event'),
    ...('tenant' in event && event.tenant !== undefined ? { tenant: event.tenant } : {}),
  }
}

export function findingHeaders(finding: FindingHeaders, time: number): Headers {
  return {
    ...cloudEvent(`${finding.key}/${finding.revision}`, 'finding.changed', time, 'posture-finding'),
    tenant: finding.tenant,
    finding_key: finding.key,
    revision: String(finding.revision),
    state: finding.state,
    priority: finding.priority,
    cause: finding.cause,
    ...(finding.causedAt === undefined ? {} : { caused_at: String(finding.causedAt) }),
  }
}

/** Throws a PermanentError (`FINDING_HEADERS_INVALID`) when a header is missing or makes no sense. */
export function readFindingHeaders(headers: Headers): FindingHeaders {
  const { finding_key: key, tenant, state, priority, cause } = headers
  const revision = Number(headers['revision'])
  const whole = key && tenant && state && priority && cause && Number.isSafeInteger(revision) && revision > 0
  if (!whole)
    throw new PermanentError(
      'FINDING_HEADERS_INVALID',
      'the record lacks one of the headers finding_key, tenant, revision, state, priority, cause',
    )
  return {
    key,
    tenant,
    revision,
    state: state as FindingStatus,
    priority: priority as PriorityBand,
    cause: cause as Cause,
    causedAt: timeIn(headers['caused_at']),
  }
}

/** Undefined where there is none, or none that makes sense: nothing but a measurement hangs on it. */
function timeIn(header: string | undefined): number | undefined {
  const time = Number(header)
  return Number.isSafeInteger(time) && time > 0 ? time : undefined
}

export function stateHeaders(tenant?: string): Headers {
  return {
    'content-type': 'application/json',
    schema: `state/${MAJORS.state}`,
    ...(tenant === undefined ? {} : { tenant }),
  }
}

/**
 * Holds a record's `schema` header against what this version reads.
 * Throws a PermanentError for another kind of record or garbage, and SCHEMA_NEWER, which must stop the stage and is no
 * reason for a dead letter, when a newer version wrote it.
 */
export function requireSchema(headers: Headers, expected: RecordName): void {
  const [name, major] = (headers['schema'] ?? '').split('/')
  const version = Number(major)
  if (name !== expected || !Number.isSafeInteger(version) || version < 1) {
    throw new PermanentError(
      'SCHEMA_UNKNOWN',
      `expected the header schema: ${expected}/${MAJORS[expected]}, found ${JSON.stringify(headers['schema'] ?? null)}`,
    )
  }
  if (version > MAJORS[expected]) {
    throw new TransientError(
      'SCHEMA_NEWER',
      `the record is ${name}/${major}, this version reads up to ${MAJORS[expected]}: upgrade it before it goes on`,
      { fault: 'configuration' },
    )
  }
}

export interface DeadLetterReason {
  readonly stage: DeadLetter['dl_stage']
  readonly component: string
  readonly error: unknown
  readonly attempts?: number
  readonly origin: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

const MESSAGE_LIMIT = 2000

/** The headers that make untouched bytes a dead letter; to be put beside those they came with. */
export function deadLetterHeaders({ stage, component, error, attempts = 1, origin, time }: DeadLetterReason): Headers {
  return {
    dl_stage: stage,
    dl_component: component,
    dl_code: errorCode(error),
    dl_message: (asError(error).message || errorCode(error)).slice(0, MESSAGE_LIMIT),
    dl_attempts: String(attempts),
    dl_origin: origin,
    dl_time: new Date(time).toISOString(),
  }
}

function cloudEvent(id: string, type: string, time: number, name: RecordName): Headers {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: SOURCE,
    ce_type: `posture.${type}`,
    ce_time: new Date(time).toISOString(),
    'content-type': 'application/json',
    schema: `${name}/${MAJORS[name]}`,
  }
}
