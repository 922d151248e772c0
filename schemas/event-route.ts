import { PermanentError } from '../core/errors.ts'
import type { PostureEvent } from './generated/posture-event.ts'

/** Where a posture event belongs: its topic, its key, and what decides its partition where that is not the key. */
export interface EventRoute {
  readonly topic: 'events' | 'global'
  readonly key: string
  readonly partitionBy?: string
}

/** What keeps everything about one account of one tenant on one partition, in one order. */
export function accountPartition(tenant: string, account: string): string {
  return `${tenant}/${account}`
}

/**
 * The one way to the topics that collectors and the API write to.
 * Throws a PermanentError (`ROUTE_UNKNOWN`) when the event does not say whose partition it belongs on.
 */
export function eventRoute(event: PostureEvent): EventRoute {
  switch (event.type) {
    case 'finding.observed':
      return onAccount(event.key, event.tenant, event.identity.account)
    case 'control.observed':
      return onAccount(event.control.uid, event.tenant, event.control.account)
    case 'scan.started':
      return onAccount(event.scan.uid, event.tenant, event.account)
    case 'scan.completed':
      return onAccount(event.scan.uid, event.tenant, event.scope.account)
    case 'asset.observed':
    case 'asset.deleted':
      return onAccount(event.asset.uid, event.tenant, event.asset.account)
    case 'verdict.recorded':
      if (event.key === undefined) return { topic: 'global', key: event.id }
      if (event.account === undefined) throw unknownAccount(event)
      return onAccount(event.key, event.tenant, event.account)
    case 'ticket.changed':
      throw unknownAccount(event)
    case 'intel.observed':
      return { topic: 'global', key: event.intel.uid }
  }
}

function onAccount(key: string, tenant: string, account: string): EventRoute {
  return { topic: 'events', key, partitionBy: accountPartition(tenant, account) }
}

function unknownAccount({ type, id }: PostureEvent): PermanentError {
  return new PermanentError('ROUTE_UNKNOWN', `${type} ${id} does not name the account of its finding`)
}
