import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import type { ArnPlace } from '../../schemas/aws-arns.ts'
import type { AwsClientOptions } from '../aws/client-options.ts'
import type { Service } from './config.ts'

export type AssetType = AssetDocument['type']

/**
 * Reads the assets of some types that one account has in one region. It lists everything, and throws where it cannot: what
 * it does not give is taken to be gone.
 */
export interface Describer {
  /** Unique, in kebab-case: `ec2-security-groups`. */
  readonly name: string
  /** The service as an ARN names it; what the configuration may leave out: `ec2`, `elasticloadbalancing`. */
  readonly service: Service
  readonly types: readonly AssetType[]
  /** `global`: asked once for an account, in its partition's global region; its assets then belong to no region. */
  readonly scope: 'regional' | 'global'
  /** The IAM actions that it calls: `ec2:DescribeInstances`. */
  readonly permissions: readonly string[]
  /** Which of the service's calls that change something change what this reads, by their names in CloudTrail. */
  readonly changedBy?: RegExp
  /** Lazily, page by page. Rejects with what `calls.send` rejects with. */
  describe(calls: Calls): AsyncIterable<Described>
}

export type Described =
  | { readonly uid: string; readonly document: AssetDocument }
  /** Assets of these types could not be listed, or not all of them: none that is absent is gone. */
  | { readonly refused: readonly AssetType[]; readonly reason: string }

/** How a describer calls AWS: as one account, in one region, in its turn, until the sweep ends. */
export interface Calls extends ArnPlace {
  /** The region that is asked, also for a describer of scope `global`. */
  readonly region: string
  /** An ARN in this account, region and partition, or elsewhere: `arn('ec2', 'subnet/subnet-1')`. */
  readonly arn: (service: string, resource: string, elsewhere?: Partial<ArnPlace>) => string
  /**
   * A client, made when it is first asked for and closed after the sweep: ask for it anew in every call, since one whose
   * credentials have expired is replaced. `calls.client('s3', (options) => new S3Client(options))`.
   */
  client<C extends { destroy(): void }>(name: string, make: (options: AwsClientOptions) => C): C
  /**
   * One call, in its turn: `send('ec2:DescribeVpcs', (options) => ec2Of(calls).send(new DescribeVpcsCommand({}), options))`.
   * Throttling and outages are waited out, for so long as `patience` says; what is given next counts as of its answer.
   * Rejects with a TransientError or PermanentError (`AWS_…`), or with the signal's reason.
   */
  send<T>(action: string, call: (options: SendOptions) => Promise<T>): Promise<T>
  /**
   * The same for one property, of which a refusal is an answer too. `absent` lists names of errors that say that there is
   * none (`NoSuchBucketPolicy`): a fact. Only outages reject, and expired or missing credentials.
   */
  attempt<T>(
    action: string,
    call: (options: SendOptions) => Promise<T>,
    absent?: readonly string[],
  ): Promise<Attempted<T>>
}

export interface SendOptions {
  readonly abortSignal: AbortSignal
}

export type Attempted<T> =
  | { readonly value: T }
  /** The name of the error that says so. */
  | { readonly absent: string }
  /** Why, for `refused` of the document. */
  | { readonly refused: string }
