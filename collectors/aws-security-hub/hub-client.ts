import {
  DescribeHubCommand,
  GetFindingsCommand,
  GetFindingsV2Command,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub'
import type { Clock } from '../../core/component.ts'
import { PermanentError, TransientError, errorCode } from '../../core/errors.ts'
import { readTime } from '../../core/time.ts'
import { accountOfRole } from '../aws/arns.ts'
import { awsError } from '../aws/aws-error.ts'
import { awsClientOptions } from '../aws/client-options.ts'
import { Pacer } from '../../core/pacer.ts'
import { nameOf, type SecurityHubConfig, type Target } from './config.ts'
import type { Pass } from './position.ts'
import { PAGE_SIZE, findingsQuery, findingsV2Query } from './query.ts'

/** One answer of Security Hub. */
export interface HubPage {
  readonly records: readonly unknown[]
  /** Of the next page; undefined on the last. */
  readonly token: string | undefined
  /** When it was given, by the source's clock. */
  readonly at: number
}

/** A Security Hub that answers. */
export interface Hub {
  /** Its account, where that is known. */
  readonly account: string | undefined
  /** The source's clock. */
  readonly now: number
}

const HUB_ACCOUNT = /^arn:[^:]+:securityhub:[^:]*:(\d{12}):/
const EVER = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2100, 0, 1) }

/**
 * One account's Security Hub in one region: paced, but each call is made once. Throws a TransientError or PermanentError
 * (`AWS_…`, `SECURITY_HUB_NOT_ENABLED`), or `SECURITY_HUB_TOKEN` where a page's token is refused. One call at a time.
 */
export class HubClient {
  readonly pacer: Pacer
  readonly #config: SecurityHubConfig
  readonly #target: Target
  readonly #clock: Clock
  #client: SecurityHubClient | undefined
  /** The time in the last answer's Date header, which names whole seconds. */
  #answeredAt: number | undefined

  constructor(config: SecurityHubConfig, target: Target, clock: Clock) {
    this.#config = config
    this.#target = target
    this.#clock = clock
    this.pacer = new Pacer(config.rate)
  }

  /** Whether it answers at all, for whom, and what time it has. Without side effects. */
  async describe(signal: AbortSignal): Promise<Hub> {
    const ofRole = accountOfRole(this.#target.roleArn)
    if (this.#config.api === 'v2') {
      await this.#find(EVER, undefined, 1, signal)
      return { account: ofRole, now: this.#now() }
    }
    const { HubArn = '' } = await this.#call('DescribeHub', signal, async (client) =>
      client.send(new DescribeHubCommand({}), { abortSignal: signal }),
    )
    return { account: ofRole ?? HUB_ACCOUNT.exec(HubArn)?.[1], now: this.#now() }
  }

  /** Whether findings may be read, with these filters. Without side effects. */
  async check(signal: AbortSignal): Promise<void> {
    await this.describe(signal)
    await this.#find(EVER, undefined, 1, signal)
  }

  async page(pass: Pass, signal: AbortSignal): Promise<HubPage> {
    try {
      const { Findings, NextToken } = await this.#find(pass, pass.token, PAGE_SIZE, signal)
      return { records: Findings ?? [], token: NextToken === '' ? undefined : NextToken, at: this.#now() }
    } catch (error) {
      if (pass.token === undefined || errorCode(error) !== 'AWS_REQUEST_REFUSED') throw error
      const message = `Security Hub in ${nameOf(this.#target)} refuses the token of a page`
      throw new PermanentError('SECURITY_HUB_TOKEN', message, { cause: error })
    }
  }

  close(): void {
    this.#client?.destroy()
    this.#client = undefined
  }

  async #find(
    window: Pick<Pass, 'from' | 'until'>,
    NextToken: string | undefined,
    MaxResults: number,
    abortSignal: AbortSignal,
  ): Promise<{ Findings?: readonly unknown[] | undefined; NextToken?: string | undefined }> {
    await this.pacer.turn(abortSignal)
    const { api, filters = {} } = this.#config
    const page = { MaxResults, ...(NextToken === undefined ? {} : { NextToken }) }
    return this.#call('GetFindings', abortSignal, async (client) =>
      api === 'v1'
        ? client.send(new GetFindingsCommand({ ...findingsQuery(filters, window), ...page }), { abortSignal })
        : client.send(new GetFindingsV2Command({ ...findingsV2Query(filters, window), ...page }), { abortSignal }),
    )
  }

  async #call<T>(action: string, signal: AbortSignal, send: (client: SecurityHubClient) => Promise<T>): Promise<T> {
    try {
      return await send((this.#client ??= this.#connect()))
    } catch (thrown) {
      signal.throwIfAborted()
      const where = nameOf(this.#target)
      if (thrown instanceof Error && thrown.name === 'InvalidAccessException')
        throw new TransientError(
          'SECURITY_HUB_NOT_ENABLED',
          `Security Hub in ${where} gives no access; enable it there, or leave the region out (${thrown.message})`,
          { fault: 'configuration', cause: thrown },
        )
      const error = awsError(thrown, { action: `securityhub:${action}`, where })
      // The SDK keeps credentials until they say that they end: new ones come with a new client.
      if (errorCode(error) === 'AWS_CREDENTIALS_EXPIRED') this.close()
      throw error
    }
  }

  #connect(): SecurityHubClient {
    const { endpoint, stsEndpoint } = this.#config
    const { region, roleArn, externalId } = this.#target
    const client = new SecurityHubClient(awsClientOptions({ region, endpoint, roleArn, externalId, stsEndpoint }))
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        this.#answeredAt = dateOf(result.response)
        return result
      },
      { step: 'deserialize', name: 'answeredAt' },
    )
    return client
  }

  #now(): number {
    return this.#answeredAt ?? this.#clock()
  }
}

function dateOf(response: unknown): number | undefined {
  const { headers } = (response ?? {}) as { headers?: Readonly<Record<string, unknown>> }
  const date = headers?.['date']
  const at = typeof date === 'string' ? Date.parse(date) : NaN
  return readTime(at, { unit: 'milliseconds' })?.at
}
