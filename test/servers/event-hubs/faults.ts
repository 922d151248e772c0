/** What goes wrong, on demand; each is plain JSON, so that another process can ask for it. Counts end when used up. */
export interface HubFaults {
  /** After so many deliveries the connection is cut. */
  dropAfter: number
  /** After so many deliveries the connection is closed with `amqp:connection:forced`. */
  closeAfter: number
  /** After so many deliveries the receiver is detached with `com.microsoft:server-busy`. */
  detachAfter: number
  /** So many sends are refused with `com.microsoft:server-busy` (50002). */
  throttleSends: number
  /** So many tokens are refused with 401; Infinity: all. */
  refuseTokens: number
  /** Tokens end so many ms after they were given, whatever they say. */
  tokenMs: number
  /** Partitions whose receivers are told `amqp:link:stolen` as they attach. */
  stolen: string[]
  /** Each delivery takes so long, in ms. */
  deliveryMs: number
}

export function noFaults(): HubFaults {
  return {
    dropAfter: 0,
    closeAfter: 0,
    detachAfter: 0,
    throttleSends: 0,
    refuseTokens: 0,
    tokenMs: Infinity,
    stolen: [],
    deliveryMs: 0,
  }
}

type Countdown = 'dropAfter' | 'closeAfter' | 'detachAfter'

/** Counts one of them down; true the one time that it gets to nought. */
export function strikes(faults: HubFaults, name: Countdown): boolean {
  if (faults[name] <= 0) return false
  faults[name] -= 1
  return faults[name] === 0
}

/** True as long as there is one left to spend. */
export function spends(faults: HubFaults, name: 'throttleSends' | 'refuseTokens'): boolean {
  if (faults[name] <= 0) return false
  faults[name] -= 1
  return true
}
