import type { AwsSecurityFinding, AwsSecurityFindingIdentifier } from '@aws-sdk/client-securityhub'
import { TransientError } from '../../core/errors.ts'
import type { Delivery, PostureFinding } from '../sink.ts'
import { LIMITS } from './asff/limits.ts'
import { findingError, unreadable } from './faults.ts'
import { READ_AT_ONCE, type Hub } from './hub.ts'
import { DELIVERED, failed, type Outcomes } from './outcomes.ts'
import { nameOf, type Place } from './place.ts'
import { planUpdate, type Update, type UpdateOptions } from './update/plan.ts'
import { nameOfRecord, type HubRecord } from './update/records.ts'

/** A revision, and a finding of Security Hub's that is to know of it. */
export interface PendingUpdate {
  readonly finding: PostureFinding
  readonly record: HubRecord
}

interface Planned {
  readonly update: Update
  readonly pending: PendingUpdate[]
}

/**
 * Updates findings that came from Security Hub until each is settled. They are read first, so that what analysts wrote
 * stays, and nothing is written that stands there already. Throws what kept a call from being answered.
 */
export async function updateAll(
  hub: Hub,
  pending: readonly PendingUpdate[],
  options: UpdateOptions,
  outcomes: Outcomes,
  signal: AbortSignal,
): Promise<void> {
  for (const some of chunksOf(pending, LIMITS.findingsPerCall)) {
    const there = await readAll(hub, some, signal)
    const planned = new Map<string, Planned>()
    for (const each of some) {
      const current = there.get(nameOfRecord(each.record))
      const update = current && planUpdate(each.finding, current, options)
      if (current === undefined) outcomes.settle(each.finding.key, notFound(each, hub.place))
      else if (update === undefined) outcomes.settle(each.finding.key, DELIVERED)
      else {
        const same = JSON.stringify(update)
        const plan = planned.get(same) ?? { update, pending: [] }
        plan.pending.push(each)
        planned.set(same, plan)
      }
    }
    for (const plan of planned.values()) await write(hub, plan, outcomes, signal)
  }
}

async function readAll(
  hub: Hub,
  pending: readonly PendingUpdate[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AwsSecurityFinding>> {
  const found = new Map<string, AwsSecurityFinding>()
  for (const [productArn, some] of Map.groupBy(pending, ({ record }) => record.productArn)) {
    const ids = [...new Set(some.map(({ record }) => record.id))]
    for (const chunk of chunksOf(ids, READ_AT_ONCE)) {
      for (const finding of await hub.read(productArn, chunk, signal)) {
        found.set(nameOfRecord({ id: finding.Id ?? '', productArn: finding.ProductArn ?? '' }), finding)
      }
    }
  }
  return found
}

async function write(hub: Hub, { update, pending }: Planned, outcomes: Outcomes, signal: AbortSignal): Promise<void> {
  const identifiers = new Map<string, AwsSecurityFindingIdentifier>(
    pending.map(({ record }) => [nameOfRecord(record), { Id: record.id, ProductArn: record.productArn }]),
  )
  const answer = await hub.update({ ...update, FindingIdentifiers: [...identifiers.values()] }, signal)
  if (answer.ProcessedFindings === undefined && answer.UnprocessedFindings === undefined)
    throw unreadable(hub.place, 'BatchUpdateFindings', 'it names no finding')
  const failures = new Map(
    (answer.UnprocessedFindings ?? []).map((each) => {
      const { Id = '', ProductArn = '' } = each.FindingIdentifier ?? {}
      return [nameOfRecord({ id: Id, productArn: ProductArn }), each]
    }),
  )
  for (const each of pending) {
    const failure = failures.get(nameOfRecord(each.record))
    if (failure === undefined) outcomes.settle(each.finding.key, DELIVERED)
    else if (failure.ErrorCode === 'FindingNotFound') outcomes.settle(each.finding.key, notFound(each, hub.place))
    else outcomes.settle(each.finding.key, failed(findingError(failure.ErrorCode, failure.ErrorMessage, hub.place)))
  }
}

/** What is closed here and forgotten there needs nothing any more. */
function notFound({ finding, record }: PendingUpdate, place: Place): Delivery {
  if (finding.state === 'resolved' || finding.state === 'gone') return DELIVERED
  const remedy =
    'it may have been deleted there, or stands in another account or region: check destinations, or name an administrator in otherAccounts'
  const text = `${nameOf(place)} does not have the finding ${record.id} of ${record.productArn}; ${remedy}`
  return failed(new TransientError('SECURITY_HUB_FINDING_NOT_FOUND', text))
}

function* chunksOf<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}
