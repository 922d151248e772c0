import {
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  DescribeHubCommand,
  GetFindingsCommand,
  type AwsSecurityFinding,
  type BatchImportFindingsCommandOutput,
  type BatchUpdateFindingsCommandInput,
  type BatchUpdateFindingsCommandOutput,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub'
import { unlessAborted } from '../../core/abort.ts'
import { TransientError } from '../../core/errors.ts'
import { Pacer } from '../../core/pacer.ts'
import { partitionOf } from '../../schemas/aws-arns.ts'
import { securityHubClient, type ClientConfig } from './client.ts'
import type { Destination, SecurityHubConfig } from './config.ts'
import { callError, EXPIRED, stalled, THROTTLED, unreadable } from './faults.ts'
import { nameOf, type Place } from './place.ts'

export type HubConfig = ClientConfig & Pick<SecurityHubConfig, 'callsPerSecond' | 'readsPerSecond'>

/** GetFindings takes so many values for one attribute. */
export const READ_AT_ONCE = 20
const PAGE = 100

type Send<T> = (client: SecurityHubClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>

/** The Security Hub of one account in one region: every call to it goes through here, at its pace. */
export class Hub {
  readonly place: Place
  readonly #destination: Destination
  readonly #config: HubConfig
  readonly #closed: AbortSignal
  readonly #writes: Pacer
  readonly #reads: Pacer
  #client: SecurityHubClient
  #known = false
  #checking: Promise<void> | undefined

  /** `closed` ends whatever is under way. */
  constructor(place: Place, destination: Destination, config: HubConfig, closed: AbortSignal) {
    this.place = place
    this.#destination = destination
    this.#config = config
    this.#closed = closed
    // AWS lets 30 of 10 a second go at once, and 6 of 3: a little less, because calls do not arrive as evenly as they leave.
    this.#writes = pacer(config.callsPerSecond, 2.5)
    this.#reads = pacer(config.readsPerSecond, 2)
    this.#client = securityHubClient(place.region, destination, config)
  }

  /** Throws unless Security Hub is enabled here, and our credentials are of this account. */
  async check(signal: AbortSignal): Promise<void> {
    const command = new DescribeHubCommand({})
    const { HubArn: arn } = await this.#call('DescribeHub', this.#writes, signal, (client, options) =>
      client.send(command, options),
    )
    const { account, region } = this.place
    const expected = `arn:${partitionOf(region)}:securityhub:${region}:${account}:hub/default`
    if (arn !== expected) {
      const remedy =
        'the credentials are of another account, for which AWS would refuse every finding: set roleArn to a role of the account of this destination'
      const text = `${nameOf(this.place)}, DescribeHub: answered for ${arn ?? 'no hub'}; ${remedy}`
      throw new TransientError('SECURITY_HUB_WRONG_ACCOUNT', text, { fault: 'configuration' })
    }
    this.#known = true
  }

  /** As `check`, unless that has succeeded before; all who ask at the same time share one. */
  async checkOnce(signal: AbortSignal): Promise<void> {
    if (this.#known) return
    this.#checking ??= this.check(this.#closed).finally(() => (this.#checking = undefined))
    await unlessAborted(this.#checking, signal)
  }

  async import(
    findings: readonly AwsSecurityFinding[],
    signal: AbortSignal,
  ): Promise<BatchImportFindingsCommandOutput> {
    const command = new BatchImportFindingsCommand({ Findings: [...findings] })
    return await this.#call('BatchImportFindings', this.#writes, signal, (client, options) =>
      client.send(command, options),
    )
  }

  async update(input: BatchUpdateFindingsCommandInput, signal: AbortSignal): Promise<BatchUpdateFindingsCommandOutput> {
    const command = new BatchUpdateFindingsCommand(input)
    return await this.#call('BatchUpdateFindings', this.#writes, signal, (client, options) =>
      client.send(command, options),
    )
  }

  /** The findings of one product by their ids, of which there may be `READ_AT_ONCE`. */
  async read(productArn: string, ids: readonly string[], signal: AbortSignal): Promise<AwsSecurityFinding[]> {
    const equals = (Value: string) => ({ Value, Comparison: 'EQUALS' as const })
    const query = { Filters: { ProductArn: [equals(productArn)], Id: ids.map(equals) }, MaxResults: PAGE }
    const found: AwsSecurityFinding[] = []
    const seen = new Set<string>()
    for (let token: string | undefined; ;) {
      const command = new GetFindingsCommand(token === undefined ? query : { ...query, NextToken: token })
      const page = await this.#call('GetFindings', this.#reads, signal, (client, options) =>
        client.send(command, options),
      )
      found.push(...(page.Findings ?? []))
      token = page.NextToken
      if (token === undefined || token === '') return found
      if (seen.has(token)) throw unreadable(this.place, 'GetFindings', 'it repeated a NextToken')
      seen.add(token)
    }
  }

  close(): void {
    this.#client.destroy()
  }

  async #call<T>(operation: string, pace: Pacer, signal: AbortSignal, send: Send<T>): Promise<T> {
    const either = AbortSignal.any([signal, this.#closed])
    await pace.turn(either)
    const { requestTimeoutMs } = this.#config
    const timeout = AbortSignal.timeout(requestTimeoutMs)
    const limit = AbortSignal.any([either, timeout])
    try {
      return await unlessAborted(send(this.#client, { abortSignal: limit }), limit)
    } catch (thrown) {
      either.throwIfAborted()
      const error = timeout.aborted
        ? stalled(this.place, operation, requestTimeoutMs)
        : callError(thrown, this.place, operation)
      if (error.code === THROTTLED) pace.pause(error.retryAfterMs)
      if (error.code === EXPIRED) this.#renew()
      throw error
    }
  }

  /** The SDK keeps credentials until they end, by its own clock. */
  #renew(): void {
    this.#client.destroy()
    this.#client = securityHubClient(this.place.region, this.#destination, this.#config)
  }
}

function pacer(perSecond: number, secondsAtOnce: number): Pacer {
  return new Pacer({ perSecond, burst: Math.max(1, Math.floor(perSecond * secondsAtOnce)) })
}
