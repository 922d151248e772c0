import { OWN_KEY_FIELD, OWN_PREFIX } from '../../../schemas/security-hub-marks.ts'
import type { PostureFinding } from '../../sink.ts'
import { accountOf, at, priorityOf, textAt } from '../event.ts'
import { LIMITS } from './limits.ts'
import { fit, timestamp } from './text.ts'

const SHORT = 512

/** What Security Hub has no place for, under keys of ours: who made it, where it belongs, what we think of it. */
export function productFields(
  { key, revision, tenant, state, priority, event }: PostureFinding,
  account: string,
  resourcesLeftOut: number,
): Record<string, string> {
  const { score, reasons, due } = priorityOf(event)
  const own = accountOf(event)
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['revision', String(revision)],
    ['state', state],
    ['priority', priority],
    ['score', score === undefined ? undefined : String(score)],
    ['reasons', fit(reasons.join('\n') || textAt(event, 'risk_details'), LIMITS.productFieldValue)],
    ['due', timestamp(due)],
    ['owner', fit(at(event, 'assignee_group', 'name'), SHORT)],
    ['control', fit(textAt(event, 'metadata', 'event_code') ?? at(event, 'compliance', 'control'), SHORT)],
    ['source', fit(at(event, 'metadata', 'product', 'name') ?? at(event, 'metadata', 'product', 'uid'), SHORT)],
    ['source-id', fit(at(event, 'finding_info', 'uid'), SHORT)],
    ['tenant', fit(tenant, SHORT)],
    // Where it is not the account of the hub, by which the finding stands there.
    ['account', own === account ? undefined : fit(own, SHORT)],
    ['provider', fit(at(event, 'cloud', 'provider') ?? at(event, 'unmapped', 'provider'), SHORT)],
    ['closed-by', fit(at(event, 'unmapped', 'closed_by'), SHORT)],
    ['mute-reason', fit(at(event, 'unmapped', 'decision_reason'), SHORT)],
    ['resources-left-out', resourcesLeftOut === 0 ? undefined : String(resourcesLeftOut)],
    ['correlation', fit(at(event, 'metadata', 'correlation_uid'), SHORT)],
    ['ocsf-class', fit(at(event, 'class_name'), SHORT)],
  ]
  const named = fields.flatMap(([name, value]) => (value ? [[`${OWN_PREFIX}${name}`, value] as const] : []))
  return Object.fromEntries([[OWN_KEY_FIELD, fit(key, SHORT) ?? 'none'], ...named])
}
