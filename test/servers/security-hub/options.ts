/** An account of AWS that the server knows. */
export interface HubAccount {
  /** Twelve digits. */
  readonly id: string
  /** The regions in which its Security Hub is enabled; absent, in all. */
  readonly enabledIn?: readonly string[]
}

/** A role that AssumeRole gives credentials for. */
export interface HubRole {
  /** `arn:aws:iam::ACCOUNT:role/NAME`: whoever has assumed it acts as that account. */
  readonly arn: string
  /** Where there is one, a caller who does not bring it is refused. */
  readonly externalId?: string
}

/** Cross-Region aggregation: in `home` one reads and updates the findings of the linked regions too. */
export interface HubAggregation {
  readonly home: string
  /** Absent: all others. */
  readonly linked?: readonly string[]
}

export interface SecurityHubOptions {
  /** One account, 111122223333, by default. The first is that of findings seeded without an account. */
  readonly accounts?: readonly HubAccount[]
  /** The account that reads and updates the findings of all the others too; none by default. */
  readonly administrator?: string
  readonly roles?: readonly HubRole[]
  readonly aggregation?: HubAggregation
  /** The region of findings seeded without one; eu-west-1 by default. */
  readonly region?: string
  /** How many times faster than AWS it hands out calls, so that tests are fast; 1 by default, Infinity: no limit. */
  readonly rateFactor?: number
  /** How long a NextToken is good, in ms; 24 hours by default. */
  readonly tokenLifeMs?: number
  /** The server's clock, in epoch ms; that of this machine by default. */
  readonly clock?: () => number
  /** The product ARNs, besides each caller's own `product/ACCOUNT/default`, that findings may name, of any account. */
  readonly partnerProducts?: readonly string[]
  /** The port of 127.0.0.1; any free one by default. */
  readonly port?: number
}

export type HubOperation =
  | 'BatchImportFindings'
  | 'BatchUpdateFindings'
  | 'BatchUpdateFindingsV2'
  | 'GetFindings'
  | 'GetFindingsV2'
  | 'DescribeHub'
  | 'ListFindingAggregators'
  | 'GetFindingAggregator'
  | 'AssumeRole'
  | 'GetCallerIdentity'

/** Where findings are: an account and a region. */
export interface HubPlace {
  readonly account: string
  readonly region: string
}

/** A request, and how it was answered. */
export interface HubCall extends HubPlace {
  readonly operation: HubOperation
  /** The parsed body (or, of STS, its parameters). */
  readonly input: Readonly<Record<string, unknown>>
  readonly bytes: number
  readonly status: number
  /** The name of the exception; undefined where all went well. */
  readonly error: string | undefined
  /** When it came in: the server's clock, epoch ms. */
  readonly at: number
}

/** What a provider did that AWS takes without a word, and that no provider should do. */
export interface HubViolation extends HubPlace {
  readonly rule:
    | 'equal-updated-at'
    | 'older-updated-at'
    | 'created-at-changed'
    | 'analyst-field-sent'
    | 'provider-field-sent'
    | 'created-at-not-updated-at'
  readonly id: string
  readonly message: string
}

/** What an analyst changes, as in BatchUpdateFindings. */
export interface AnalystUpdate {
  readonly Note?: { readonly Text: string; readonly UpdatedBy: string }
  readonly Severity?: { readonly Label?: string; readonly Normalized?: number; readonly Product?: number }
  readonly VerificationState?: string
  readonly Confidence?: number
  readonly Criticality?: number
  readonly Types?: readonly string[]
  readonly UserDefinedFields?: Readonly<Record<string, string>>
  readonly Workflow?: { readonly Status: string }
  readonly RelatedFindings?: readonly { readonly Id: string; readonly ProductArn: string }[]
}

/** An answer in place of the right one: an exception of AWS by its name, or a body of whoever stands in between. */
export type HubFault =
  | { readonly exception: string; readonly status?: number; readonly message?: string; readonly retryAfter?: string }
  | { readonly status: number; readonly html: string; readonly retryAfter?: string }
  /** Any JSON in place of the right body, with status 200 unless it says otherwise. */
  | { readonly json: unknown; readonly status?: number }
  | { readonly hangUp: true }

/** Of which requests a fault is the answer: all of Security Hub by default. */
export interface HubFaultScope {
  readonly operation?: HubOperation
  readonly account?: string
  readonly region?: string
  /** The work is done all the same, as when a server dies between its work and its answer. */
  readonly done?: boolean
}
