/* Generated from state.schema.json by `npm run generate`. Do not edit. */
import type { AssetReference } from './posture-event.ts'
import type { Cloud } from './posture-event.ts'
import type { ControlReference } from './posture-event.ts'
import type { Description } from './posture-event.ts'
import type { FindingKind } from './posture-event.ts'
import type { Identity } from './posture-event.ts'
import type { Resources } from './posture-event.ts'
import type { ScanOutcome } from './posture-event.ts'
import type { ScanReference } from './posture-event.ts'
import type { ScanScope } from './posture-event.ts'
import type { Source } from './posture-event.ts'
import type { Standard } from './posture-event.ts'
import type { WorkflowStatus } from './posture-event.ts'
/**
 * One record of posture.state, by the first part of its key. All times are milliseconds since the epoch.
 */
export type StateRecord =
  | FindingState
  | SeenState
  | ControlState
  | ScanState
  | AssetState
  | AssetSeenState
  | CoverageState
  | SweepState
  | DirtyState
  | AppliedState
  | PositionState
/**
 * unopened: known, but never seen failing; not emitted.
 */
export type LifecycleState = 'unopened' | 'open' | 'muted' | 'resolved' | 'gone'
export type ClosedBy = 'verdict' | 'absence' | 'archived' | 'deleted'

/**
 * The whole normalised finding with its lifecycle: key finding/<finding key>.
 */
export interface FindingState {
  type: 'finding'
  /**
   * See finding-key.ts.
   */
  key: string
  tenant: string
  identity: Identity
  source: Source
  kind: FindingKind
  state: LifecycleState
  closedBy?: ClosedBy
  /**
   * Of the last emission; 0 before the first.
   */
  revision: number
  /**
   * Digest of what the last emission meant.
   */
  meaning?: string
  members: {
    [k: string]: MemberState
  }
  description: Description
  /**
   * The source's sentence on the verdict.
   */
  detail?: string
  descriptionVersion: Version
  describedBy: DescribedBy
  resources: Resources
  cloud: Cloud
  unmapped?: {
    [k: string]: unknown
  }
  decision?: FindingDecision
  decisionVersion?: Version
  owner?: string
  /**
   * By the source's clock.
   */
  firstSeen: number
  /**
   * By the source's clock.
   */
  lastSeen: number
  /**
   * By the source's clock; the latest opening.
   */
  openedAt?: number
  /**
   * By the source's clock; fixed until it opens again.
   */
  closedAt?: number
  /**
   * When the resource was deleted, by the inventory's clock.
   */
  deletedAt?: number
  /**
   * By our clock: the newest accepted statement.
   */
  acceptedAt: number
  /**
   * By our clock.
   */
  emittedAt?: number
  /**
   * metadata.modified_time of the last emission; rises strictly with the revision.
   */
  modifiedAt?: number
  urgentSince?: UrgentSince
  flags: string[]
}
/**
 * What one record of the source last said: one per standard, else a single one with the empty name.
 */
export interface MemberState {
  /**
   * absent: a complete scan of its scope did not report it any more.
   */
  verdict: 'fail' | 'pass' | 'none' | 'absent'
  /**
   * The source's own word for the verdict.
   */
  word?: string
  verdictVersion?: Version
  muted?: boolean
  muteReason?: string
  muteVersion?: Version
  workflow?: WorkflowStatus
  workflowVersion?: Version
  archived: boolean
  /**
   * With archived: because the resource is gone.
   */
  deleted?: boolean
  archivedVersion?: Version
  standards: Standard[]
  standardsVersion?: Version
  address?: SourceAddress
  addressVersion?: Version
}
/**
 * Orders the statements about one fact: source's time, source's sequence, digest of the fact.
 */
export interface Version {
  time: number
  sequence: number
  digest: string
}
/**
 * Where the source itself keeps the record: Security Hub's Id and ProductArn.
 */
export interface SourceAddress {
  uid: string
  productUid: string
}
export interface DescribedBy {
  collector: string
  format: string
  member: string
  scan?: string
}
/**
 * The mute by a person or playbook that is in force.
 */
export interface FindingDecision {
  action: 'mute' | 'accept'
  by: string
  reason?: string
  expiresAt?: number
  version: Version
}
/**
 * Since when, by our clock and without a break, it has been at least this urgent.
 */
export interface UrgentSince {
  P1?: number
  P2?: number
  P3?: number
  P4?: number
}
/**
 * The observation mark of one finding: key seen/<scope digest>/<finding key>.
 */
export interface SeenState {
  type: 'seen'
  /**
   * See finding-key.ts.
   */
  key: string
  collector: string
  /**
   * The last scan in which it was seen, also by another collector.
   */
  scan?: string
  /**
   * When that scan started.
   */
  scanTime?: number
  /**
   * The scan's start, else the statement's time.
   */
  time: number
  region: string
  control: string
}
/**
 * Which requirements one control of a source tests: key control/<scope>/<control>. By standard, then by requirement.
 */
export interface ControlState {
  type: 'control'
  tenant: string
  control: ControlReference
  standards: {
    [k: string]: {
      [k: string]: RequirementState
    }
  }
}
export interface RequirementState {
  /**
   * When the source last said so.
   */
  at: number
  withdrawn?: boolean
}
/**
 * One scan of one account: key scan/<scope digest>/<scan uid>.
 */
export interface ScanState {
  type: 'scan'
  uid: string
  time: number
  collector: string
  scope?: ScanScope
  outcome?: ScanOutcome
  acceptedAt: number
}
/**
 * One resource: key asset/<tenant digest>/<uid>.
 */
export interface AssetState {
  type: 'asset'
  tenant: string
  asset: AssetReference
  deleted: boolean
  /**
   * Valid against asset-document; absent where it was deleted or is of a type that was not known when it came.
   */
  document?: {
    [k: string]: unknown
  }
  acceptedAt: number
}
/**
 * The observation mark of one resource, which also orders what is said of it: key asset-seen/<digest of tenant, account, region and type>/<uid>.
 */
export interface AssetSeenState {
  type: 'asset-seen'
  /**
   * Which stated the newest.
   */
  collector: string
  version: Version
  /**
   * The last scan in which it was seen, also by another collector.
   */
  scan?: string
  /**
   * When that scan started.
   */
  scanTime?: number
}
/**
 * What is known of the scans of one type of asset in one account and region: key coverage/<digest of tenant, account, region and type>.
 */
export interface CoverageState {
  type: 'coverage'
  tenant: string
  account: string
  /**
   * Empty for assets that have none.
   */
  region: string
  assetType: string
  latest?: LatestScan
  /**
   * The last complete scan: since then, what is not known is not there.
   */
  complete?: ScanReference
  /**
   * By our clock: the last complete scan, else the first that started.
   */
  acceptedAt: number
}
/**
 * The scan that started last, with the assets of this type and region that arrived of it.
 */
export interface LatestScan {
  uid: string
  time: number
  arrived: number
}
/**
 * Assets that a complete scan did not see and that are still to be deleted: key dirty/sweep/<digest of tenant, account, region and type>/<collector>.
 */
export interface SweepState {
  type: 'sweep'
  tenant: string
  collector: string
  scan: ScanReference
  /**
   * The key of the mark that was reached.
   */
  after?: string
}
/**
 * Findings to enrich again: key dirty/finding/<finding key>; dirty/cve/<CVE id>, dirty/cves (all about any CVE) or dirty/all; dirty/account/<digest of the tenant>/<account>, all about its assets; or dirty/scope/<scope>, all of one source in one account that have a known control. Each but the first with the key reached.
 */
export interface DirtyState {
  type: 'dirty'
  reason: string
  after?: string
  /**
   * Of an account.
   */
  tenant?: string
  /**
   * Marked once more since it was begun: it is begun anew when it is done.
   */
  again?: boolean
}
/**
 * The ruleset and configuration that this partition's findings were last enriched with: key applied/ruleset.
 */
export interface AppliedState {
  type: 'applied'
  ruleset: string
}
/**
 * The offset of a topic that this partition's state includes: key position/<topic>. Of posture.global: up to which its findings were marked to be enriched again.
 */
export interface PositionState {
  type: 'position'
  next: string
}
