import type { RunContext } from '../core/component.ts'
import { deliver, type Rejection } from './deliver.ts'
import { SinkHealth } from './health.ts'
import { projection } from './selection/omit.ts'
import type { SinkSettings } from './settings.ts'
import type { PostureFinding, Sink } from './sink.ts'

/** What metadata.labels says of a finding that was delivered after a later revision of it. */
export const LATE_LABEL = 'late'

/** A finding that its sink once refused. */
export interface Redelivery {
  readonly finding: PostureFinding
  /** Whether a later revision of it was published meanwhile. */
  readonly isLate: boolean
}

/**
 * Gives a sink findings that it once refused, by the same rules as any others (see `deliver`). Resolves to those that it
 * refuses again; rejects when the signal aborts.
 */
export async function redeliver(
  sink: Sink,
  redeliveries: readonly Redelivery[],
  { delivery, omit }: Pick<SinkSettings, 'delivery' | 'omit'>,
  context: Pick<RunContext, 'name' | 'log' | 'metrics' | 'condition'>,
  signal: AbortSignal,
): Promise<readonly (Rejection & { readonly of: Redelivery })[]> {
  const { maxAttempts, initialBackoffMs, maxBackoffMs } = delivery
  const health = new SinkHealth(sink, { ...context, freshMs: initialBackoffMs })
  const without = projection(omit)
  // The mark comes last: what is left out for the destination's sake does not take it away.
  const marked = ({ finding, isLate }: Redelivery): PostureFinding =>
    isLate ? withLateLabel(without(finding)) : without(finding)
  const given = new Map(redeliveries.map((each) => [marked(each), each]))
  const backoff = { initialMs: initialBackoffMs, maxMs: maxBackoffMs }
  try {
    const rejections = await deliver(sink, [...given.keys()], { maxAttempts, backoff }, health, signal)
    return rejections.map((each) => ({ ...each, of: given.get(each.finding)! }))
  } finally {
    health.close()
  }
}

function withLateLabel(finding: PostureFinding): PostureFinding {
  const metadata = (finding.event['metadata'] ?? {}) as { readonly labels?: readonly string[] }
  const labels = [...new Set([...(metadata.labels ?? []), LATE_LABEL])]
  const event = { ...finding.event, metadata: { ...metadata, labels } }
  return { ...finding, event, bytes: Buffer.from(JSON.stringify(event)) }
}
