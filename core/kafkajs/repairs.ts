import { createRequire } from 'node:module'
import { repairFailover } from './failover-repairs.ts'
import { repairOffsets } from './offset-repairs.ts'

const waiting = Symbol('posture-stream: waiting')

let isRepaired = false

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
  waitForPendingRequests(): Promise<void>
  [waiting]?: Promise<void> | undefined
}

interface ConsumerGroup {
  /** When the coordinator answered last, in milliseconds since the epoch. */
  lastRequest: number
  heartbeat(options: { readonly interval: number }): Promise<void>
}

/**
 * Mends what kafkajs 2.2.4 gets wrong and no setting reaches; safe to call again. The version is pinned for this.
 *
 * After every answer it sets a timer to look for waiting requests, also where none waits and no quota slows it down, and
 * then for a moment in 1970 (TimeoutNegativeWarning). Here it is set only where something waits.
 *
 * Whoever closes a connection waits for its requests with a listener of his own, and with one connection closed by many
 * (MaxListenersExceededWarning). Here they wait for the same.
 *
 * A heartbeat is due some time after the last one by the clock of the machine: once that is put back, no more are sent
 * until it has caught up, and the member is not heard of for so long (measured: an idle group stood still).
 */
export function repairKafkajs(): void {
  if (isRepaired) return
  isRepaired = true
  const require = createRequire(import.meta.url)
  repairRequestQueue(require)
  repairHeartbeat(require)
  repairFailover(require)
  repairOffsets(require)
}

function repairRequestQueue(require: NodeJS.Require): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  const { scheduleCheckPendingRequests } = prototype
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this)
  }
  const { waitForPendingRequests } = prototype
  prototype.waitForPendingRequests = function (this: RequestQueue) {
    this[waiting] ??= waitForPendingRequests.call(this).finally(() => (this[waiting] = undefined))
    return this[waiting]
  }
}

function repairHeartbeat(require: NodeJS.Require): void {
  const { prototype } = require('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }
  const { heartbeat } = prototype
  prototype.heartbeat = function (this: ConsumerGroup, options) {
    if (this.lastRequest > Date.now()) this.lastRequest = 0
    return heartbeat.call(this, options)
  }
}
