import type { Rung } from '../../evidence.ts'

/**
 * What it means that a resource fails a control, apart from what anybody proves about it. What is absent is unknown: a
 * control that nobody has considered means nothing.
 */
export interface ControlMeaning {
  /** Of the kind of the control, so certain: what there is to exploit while it fails. */
  readonly exploitability?: Rung<'exploitability'>
  /** Everything from here on only states what the control looks for, so it is possible. */
  readonly exposure?: Rung<'exposure'>
  readonly identity?: Rung<'identity'>
  readonly data?: Rung<'data'>
  readonly anonymousAccess?: Rung<'anonymousAccess'>
  readonly liveSecret?: Rung<'liveSecret'>
}

/** Nothing to exploit by itself: records, copies, settings, encryption at rest. */
export const HYGIENE: ControlMeaning = { exploitability: 'hygiene' }
/**
 * Usable once something else is given: a credential, a foothold, a place on the wire, a hole in what listens; or a
 * guard that is off, which by itself exposes nothing.
 */
export const CONDITIONAL: ControlMeaning = { exploitability: 'conditional' }
/** Something listens, or may be reached, from anywhere. */
export const REACHABLE: ControlMeaning = { ...CONDITIONAL, exposure: 'internet' }
/** The same through a port for administrators, or a database's. */
export const SENSITIVE_PORT: ControlMeaning = { ...CONDITIONAL, exposure: 'internet_sensitive' }
/** Who signs in gets through the edge. */
export const RESTRICTED: ControlMeaning = { ...CONDITIONAL, exposure: 'internet_restricted' }
export const OTHER_TENANTS: ControlMeaning = { ...CONDITIONAL, exposure: 'cross_boundary' }
/** Anybody may call it as it is. */
export const OPEN_CALL: ControlMeaning = { exploitability: 'easy', exposure: 'internet' }
export const PUBLIC_READ: ControlMeaning = {
  exploitability: 'easy',
  exposure: 'internet_sensitive',
  anonymousAccess: 'read',
}
export const PUBLIC_WRITE: ControlMeaning = { ...PUBLIC_READ, anonymousAccess: 'write' }
/** A secret in clear where it does not belong: whoever reads it has it. Whether it still works, no source says. */
export const SECRET: ControlMeaning = { exploitability: 'easy', liveSecret: 'yes' }
export const ADMIN: ControlMeaning = { ...CONDITIONAL, identity: 'admin' }
export const BROAD: ControlMeaning = { ...CONDITIONAL, identity: 'broad' }
/** What the source itself found or suspects, of which the control's name says nothing. */
export const UNTOLD: ControlMeaning = {}
