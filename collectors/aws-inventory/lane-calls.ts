import type { Context } from '../../core/component.ts'
import { PipelineError, errorCode } from '../../core/errors.ts'
import { Pacer } from '../../core/pacer.ts'
import { arnOf, partitionOf, type ArnPlace } from '../../schemas/aws-arns.ts'
import { awsError } from '../aws/aws-error.ts'
import type { AwsClientOptions } from '../aws/client-options.ts'
import { patientlyPaced } from '../aws/patience.ts'
import type { Account } from './account.ts'
import { nameOf, type InventoryConfig, type Lane } from './config.ts'
import type { Attempted, Calls, SendOptions } from './describer.ts'

/** What says that one property cannot be had, while the others can. */
const REFUSALS: ReadonlySet<string> = new Set(['AWS_ACCESS_DENIED', 'AWS_NOT_FOUND', 'AWS_REQUEST_REFUSED'])
/** For a lane of which something was out of reach for as long as `patience` says: nothing else there waits as long again. */
const LITTLE_PATIENCE = '1s'

/** The calls of one lane of one sweep, which share their pace. */
export class LaneCalls implements Calls {
  readonly account: string
  readonly region: string
  readonly partition: string
  readonly #lane: Lane
  readonly #owner: Account
  readonly #config: InventoryConfig
  readonly #context: Context
  readonly #signal: AbortSignal
  readonly #pacer: Pacer
  readonly #clients = new Map<string, { destroy(): void }>()
  #answeredAt: number
  #isOutOfReach = false

  constructor(lane: Lane, uid: string, owner: Account, config: InventoryConfig, context: Context, signal: AbortSignal) {
    this.account = uid
    this.region = lane.asked
    this.partition = partitionOf(lane.asked)
    this.#lane = lane
    this.#owner = owner
    this.#config = config
    this.#context = context
    this.#signal = signal
    this.#pacer = new Pacer(config.rate)
    this.#answeredAt = context.clock()
  }

  /** When the last call was answered, by the collector's clock. */
  get answeredAt(): number {
    return this.#answeredAt
  }

  /** Bound, since mappers take it apart from the rest. */
  readonly arn = (service: string, resource: string, elsewhere: Partial<ArnPlace> = {}): string => {
    const { partition, region, account } = this
    return arnOf({ partition, region, account, ...elsewhere }, service, resource)
  }

  client<C extends { destroy(): void }>(name: string, make: (options: AwsClientOptions) => C): C {
    const made = this.#clients.get(name) ?? make(this.#owner.clientOptions(this.region))
    this.#clients.set(name, made)
    return made as C
  }

  async send<T>(action: string, call: (options: SendOptions) => Promise<T>): Promise<T> {
    const where = nameOf(this.#lane)
    const patience = {
      patience: this.#isOutOfReach ? LITTLE_PATIENCE : this.#config.patience,
      pacer: this.#pacer,
      context: this.#context,
      whom: where,
    }
    try {
      const answer = await patientlyPaced(patience, this.#signal, async () => {
        await this.#pacer.turn(this.#signal)
        return this.#once({ action, where }, call)
      })
      this.#isOutOfReach = false
      this.#answeredAt = this.#context.clock()
      return answer
    } catch (error) {
      if (error instanceof PipelineError && error.fault === 'outage') this.#isOutOfReach = true
      throw error
    }
  }

  async attempt<T>(
    action: string,
    call: (options: SendOptions) => Promise<T>,
    absent: readonly string[] = [],
  ): Promise<Attempted<T>> {
    try {
      return { value: await this.send(action, call) }
    } catch (error) {
      const { cause } = error as Error
      const name = cause instanceof Error ? cause.name : ''
      if (absent.includes(name)) return { absent: name }
      if (REFUSALS.has(errorCode(error))) return { refused: (error as Error).message }
      throw error
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy()
    this.#clients.clear()
  }

  async #once<T>(where: { action: string; where: string }, call: (options: SendOptions) => Promise<T>): Promise<T> {
    try {
      return await call({ abortSignal: this.#signal })
    } catch (thrown) {
      this.#signal.throwIfAborted()
      const error = awsError(thrown, where)
      if (errorCode(error) === 'AWS_CREDENTIALS_EXPIRED') {
        this.#owner.forgetCredentials()
        this.close()
      }
      throw error
    }
  }
}
