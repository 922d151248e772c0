import type { FindingProviderSeverity, SeverityLabel } from '@aws-sdk/client-securityhub'
import { numberAt, textAt, type Json } from '../event.ts'
import { LIMITS } from './limits.ts'
import { fit, present } from './text.ts'

/** By OCSF's severity_id. Unknown (0) and other (99) are no "No issue was found", as Security Hub reads INFORMATIONAL. */
const LABELS: Readonly<Record<number, SeverityLabel>> = {
  1: 'INFORMATIONAL',
  2: 'LOW',
  3: 'MEDIUM',
  4: 'HIGH',
  5: 'CRITICAL',
  6: 'CRITICAL',
}

/** The provider's severity, beside which an analyst's own stays. `Original` is the source's word. */
export function asffSeverity(event: Json): FindingProviderSeverity {
  const word = textAt(event, 'vendor_attributes', 'severity') ?? textAt(event, 'severity')
  return present({
    Label: LABELS[numberAt(event, 'severity_id') ?? 0] ?? 'MEDIUM',
    Original: fit(word, LIMITS.severityOriginal),
  })
}
