/* Generated from posture-event.schema.json by `npm run generate`. Do not edit. */
/**
 * One record of posture.events or posture.global. All times are milliseconds since the epoch.
 */
export type PostureEvent =
  | FindingObserved
  | ControlObserved
  | ScanStarted
  | ScanCompleted
  | AssetObserved
  | AssetDeleted
  | VerdictRecorded
  | TicketChanged
  | IntelObserved
export type FindingKind =
  'compliance' | 'vulnerability' | 'detection' | 'data_security' | 'application_security' | 'iam_analysis'
export type WorkflowStatus = 'new' | 'notified' | 'in_progress' | 'resolved'
export type Severity = 'unknown' | 'informational' | 'low' | 'medium' | 'high' | 'critical'
/**
 * The subject first.
 *
 * @minItems 1
 */
export type Resources = [Resource, ...Resource[]]
export type ScanOutcome = 'complete' | 'partial' | 'failed'
/**
 * A page of a public list about CVEs, or that the list is whole. A page is replaced as a whole.
 */
export type Intel = EpssPage | KevPage | IntelSnapshot
export type IntelList = 'epss' | 'kev'

/**
 * One posture statement of one source about one resource.
 */
export interface FindingObserved {
  type: 'finding.observed'
  id: string
  /**
   * When the collector read it, by the collector's clock.
   */
  time: number
  tenant: string
  collector: string
  /**
   * See finding-key.ts.
   */
  key: string
  identity: Identity
  source: Source
  scan?: ScanReference
  kind: FindingKind
  /**
   * The standard that this record reports for, where a source sends one record per standard.
   */
  member?: string
  /**
   * The source has taken this record back.
   */
  archived?: boolean
  /**
   * With archived: taken back because its resource is gone, by what the source says.
   */
  deleted?: boolean
  verdict: Verdict
  seen?: SourceSeen
  mute?: SourceMute
  workflow?: SourceWorkflow
  description: Description
  resources: Resources
  cloud: Cloud
  /**
   * What was assumed or repaired on the way: time_assumed_utc, …
   */
  flags: string[]
  /**
   * What has no place of its own; never part of the meaning.
   */
  unmapped?: {
    [k: string]: unknown
  }
}
/**
 * The parts of the finding key beside the tenant; an empty string where there is none.
 */
export interface Identity {
  /**
   * The product that states it: prowler, security-hub, …
   */
  product: string
  /**
   * The cloud or platform: aws, azure, gcp, kubernetes, …
   */
  provider: string
  /**
   * The account, subscription or project; else the cluster, organisation, repository or registry.
   */
  account: string
  /**
   * The resource's region, empty where its uid fixes it.
   */
  region: string
  /**
   * The consolidated control, else the source's check.
   */
  control: string
  /**
   * The resource's normalised uid.
   */
  resource: string
  /**
   * A named value that keeps two real issues apart: access-key-slot=1.
   */
  discriminator: string
}
export interface Source {
  product: string
  /**
   * The product's name as people know it.
   */
  name?: string
  vendor?: string
  version?: string
  /**
   * The form in which it was read: prowler-ocsf, asff, …
   */
  format: string
  /**
   * The source's own id of the finding.
   */
  uid?: string
  /**
   * The product as the source addresses it: Security Hub's ProductArn. Only of what was read there: with uid it is the finding's address.
   */
  productUid?: string
}
export interface ScanReference {
  uid: string
  /**
   * When the scan started, by its own clock.
   */
  time: number
}
export interface Verdict {
  /**
   * none: the source gave no verdict (manual, error, not available, or a word that hides it).
   */
  value: 'fail' | 'pass' | 'none'
  /**
   * The source's own word.
   */
  word?: string
  /**
   * The source's sentence on this verdict.
   */
  detail?: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  at: number
  /**
   * The source's own order of statements at one time.
   */
  sequence?: number
}
/**
 * When the source itself first and last saw it, or last said that it took it back; the verdict's time where absent.
 */
export interface SourceSeen {
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  first?: number
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  last?: number
}
/**
 * Whether the source itself mutes the finding; absent where it does not say.
 */
export interface SourceMute {
  muted: boolean
  reason?: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  at: number
}
export interface SourceWorkflow {
  status: WorkflowStatus
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  at: number
}
/**
 * What the source says about the finding, apart from its verdict.
 */
export interface Description {
  title: string
  text?: string
  severity: Severity
  /**
   * The source's own word.
   */
  sourceSeverity?: string
  risk?: string
  remediation?: Remediation
  url?: string
  types: string[]
  standards: Standard[]
  categories: string[]
  attacks?: AttackTechnique[]
  vulnerabilities?: Vulnerability[]
  /**
   * The source's ids of the findings that this one is made of, as of a toxic combination.
   */
  related?: string[]
  /**
   * When the source last changed it; the verdict's time where absent.
   */
  at?: number
}
export interface Remediation {
  text: string
  references: string[]
}
export interface Standard {
  name: string
  requirements: string[]
}
/**
 * MITRE ATT&CK.
 */
export interface AttackTechnique {
  tactic?: string
  tacticUid?: string
  technique?: string
  techniqueUid?: string
}
export interface Vulnerability {
  /**
   * CVE id, else the advisory's.
   */
  uid: string
  title?: string
  severity?: Severity
  references?: string[]
  /**
   * As the source gives them; several where it names several versions or scorers.
   */
  cvss?: Cvss[]
  /**
   * The source's own reading, 0 to 1.
   */
  epss?: number
  /**
   * Whether the source knows of one.
   */
  publicExploit?: boolean
  packages?: AffectedPackage[]
}
export interface Cvss {
  version: string
  score: number
  vector?: string
}
export interface AffectedPackage {
  name: string
  version: string
  fixedIn?: string
}
export interface Resource {
  uid: string
  name?: string
  type?: string
  region?: string
  partition?: string
  /**
   * The service it belongs to.
   */
  group?: string
  tags: Tag[]
  /**
   * The source's free-form detail; never part of the meaning.
   */
  data?: {
    [k: string]: unknown
  }
}
export interface Tag {
  name: string
  value: string
}
export interface Cloud {
  provider: string
  account: string
  accountName?: string
  region?: string
  partition?: string
  organization?: Organization
}
export interface Organization {
  uid?: string
  name?: string
  unitUid?: string
  unitName?: string
}
/**
 * What a source says by itself of one of its controls in one account: that it tests a requirement of a standard.
 */
export interface ControlObserved {
  type: 'control.observed'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  tenant: string
  collector: string
  control: ControlReference
  standard: string
  requirement: string
  /**
   * It does not any more.
   */
  withdrawn?: boolean
  /**
   * When the source said so.
   */
  at: number
}
/**
 * As in the identity of its findings.
 */
export interface ControlReference {
  product: string
  provider: string
  account: string
  uid: string
}
export interface ScanStarted {
  type: 'scan.started'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  tenant: string
  collector: string
  source: Source
  scan: ScanReference
  provider: string
  account: string
  scope?: ScanScope
}
/**
 * What a scan looked at. An absent list means all.
 */
export interface ScanScope {
  provider: string
  account: string
  regions?: string[]
  checks?: string[]
  /**
   * Of a scan of assets: their types. A scan with types says nothing about findings.
   */
  types?: string[]
}
export interface ScanCompleted {
  type: 'scan.completed'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  tenant: string
  collector: string
  source: Source
  scan: ScanReference
  scope: ScanScope
  outcome: ScanOutcome
  /**
   * Why it is not complete.
   */
  reason?: string
  /**
   * Distinct finding keys sent for this account, also 0.
   */
  findings: number
  /**
   * Of a scan of assets: distinct uids sent, also 0.
   */
  assets?: number
}
export interface AssetObserved {
  type: 'asset.observed'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  tenant: string
  collector: string
  scan?: ScanReference
  asset: AssetReference
  document: {
    [k: string]: unknown
  }
}
export interface AssetReference {
  /**
   * Normalised as in finding keys.
   */
  uid: string
  type?: string
  provider: string
  account: string
  region?: string
  version: AssetVersion
}
export interface AssetVersion {
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  sequence?: number
}
export interface AssetDeleted {
  type: 'asset.deleted'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  tenant: string
  collector: string
  asset: AssetReference
}
/**
 * A person's or a playbook's decision about one finding (`key`) or about all in a scope.
 */
export interface VerdictRecorded {
  type: 'verdict.recorded'
  id: string
  /**
   * When it was decided; decisions are ordered by (time, id).
   */
  time: number
  tenant: string
  /**
   * See finding-key.ts.
   */
  key?: string
  /**
   * The account of the finding: it decides the partition.
   */
  account?: string
  scope?: DecisionScope
  decision: Decision
}
export interface DecisionScope {
  account?: string
  control?: string
  resource?: string
}
export interface Decision {
  action: 'mute' | 'unmute' | 'accept' | 'assign' | 'comment' | 'reopen'
  by: string
  owner?: string
  reason?: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  expiresAt?: number
}
export interface TicketChanged {
  type: 'ticket.changed'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  tenant: string
  /**
   * See finding-key.ts.
   */
  key: string
  ticket: Ticket
}
export interface Ticket {
  sink: string
  uid: string
  url?: string
  status: string
  closed?: boolean
}
export interface IntelObserved {
  type: 'intel.observed'
  id: string
  /**
   * Milliseconds since the epoch, between 1970 and 2200.
   */
  time: number
  /**
   * Absent for CVE intelligence, which belongs to nobody.
   */
  tenant?: string
  intel: Intel
}
export interface EpssPage {
  kind: 'epss'
  /**
   * epss/<year>-<thousands>
   */
  uid: string
  /**
   * By CVE id: FIRST's probability of exploitation in the next 30 days, and its percentile.
   */
  scores: {
    /**
     * @minItems 2
     * @maxItems 2
     */
    [k: string]: [number, number]
  }
}
export interface KevPage {
  kind: 'kev'
  /**
   * kev/<year>
   */
  uid: string
  /**
   * By CVE id.
   */
  entries: {
    [k: string]: KevListing
  }
}
export interface KevListing {
  /**
   * When CISA added it.
   */
  addedAt: number
  /**
   * Known to be used by ransomware.
   */
  ransomware: boolean
}
/**
 * The list is whole as of `at`: its pages are these, every other page of it is gone.
 */
export interface IntelSnapshot {
  kind: 'snapshot'
  /**
   * <list>/snapshot
   */
  uid: string
  list: IntelList
  /**
   * The list's own date.
   */
  at: number
  /**
   * CVEs in it.
   */
  count: number
  /**
   * Of its content.
   */
  digest: string
  pages: string[]
}
