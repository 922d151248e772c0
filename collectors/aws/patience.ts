import type { Pacer } from '../../core/pacer.ts'
import { patiently, type Patience } from '../../core/patience.ts'

/** How long, and for whom, calls of AWS are tried again. */
export interface AwsPatience extends Omit<Patience, 'failed'> {
  /** Told when AWS has had enough. */
  readonly pacer: Pacer
}

/** Tries until it succeeds or will not, within the configured patience; others that share the pace are slowed down with it. */
export function patientlyPaced<T>(
  { pacer, ...patience }: AwsPatience,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const failed: Patience['failed'] = ({ code, retryAfterMs = 0 }) => {
    if (code === 'AWS_THROTTLED') pacer.pause(retryAfterMs)
  }
  return patiently({ ...patience, failed }, signal, call)
}
