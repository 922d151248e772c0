import type { PipelineError } from '../../../core/errors.ts'
import type { Context } from '../../../core/component.ts'
import type { Inbox } from '../../messages/inbox.ts'
import type { Message } from '../../messages/message.ts'
import type { Subscription } from '../../messages/pushed-batches.ts'
import type { Config } from '../config.ts'
import type { HubAddress } from '../hub-address.ts'
import { scrubOf } from '../scrub.ts'
import type { HubTransport } from '../transport.ts'
import { Asking } from './asking.ts'
import { checkpointError, hubError } from './azure-error.ts'
import { boundCredit } from './bounded-credit.ts'
import { checkHub } from './check-hub.ts'
import { HubClients } from './hub-clients.ts'
import { HubSubscription } from './hub-subscription.ts'
import { hubOutlook } from './hub-outlook.ts'
import { SharedPartitions } from './shared-partitions.ts'
import { within } from '../within.ts'

const CLOSE_MS = 5000

/** A hub by AMQP, shared with other readers through a blob container. */
export class AmqpEndpoint implements HubTransport {
  readonly tellsSilence = true
  readonly #config: Config
  readonly #context: Context
  readonly #clients: HubClients
  readonly #hubErrorOf: (thrown: unknown) => PipelineError
  readonly #storeErrorOf: (thrown: unknown) => PipelineError

  constructor(config: Config, context: Context, address: HubAddress, clients = new HubClients(config, address)) {
    const { host, eventHub } = address
    const scrub = scrubOf(config)
    const hub = { what: `the hub ${eventHub} of ${host}, read with ${config.consumerGroup}`, scrub }
    const store = { what: `the container ${config.checkpoints?.container}`, scrub }
    this.#config = config
    this.#context = context
    this.#clients = clients
    this.#hubErrorOf = (thrown) => hubError(thrown, hub)
    this.#storeErrorOf = (thrown) => checkpointError(thrown, store)
  }

  async check(signal: AbortSignal): Promise<void> {
    await checkHub(this.#clients, this.#asking(signal), signal)
  }

  async outlook(signal: AbortSignal): Promise<readonly string[]> {
    return hubOutlook(this.#clients, this.#asking(signal), this.#config, signal)
  }

  async open(inbox: Inbox<Message>, signal: AbortSignal, reader: string): Promise<Subscription> {
    const asking = this.#asking(signal)
    const store = await asking.store(() => this.#clients.store())
    let subscription: HubSubscription | undefined
    const shared = new SharedPartitions({
      store,
      reader,
      onLook: () => subscription?.looked(),
      errorOf: this.#storeErrorOf,
    })
    const client = await asking.hub(() => this.#clients.reader(reader, shared))
    boundCredit(client, this.#config.maxMessages)
    try {
      const partitions = await asking.hub(() => client.getPartitionIds({ abortSignal: signal }))
      const errorOf = this.#hubErrorOf
      const { config, context } = { config: this.#config, context: this.#context }
      subscription = new HubSubscription({ config, context, client, shared, partitions, inbox, signal, errorOf })
      subscription.start()
      return subscription
    } catch (error) {
      await within(CLOSE_MS, client.close())
      throw error
    }
  }

  #asking(signal: AbortSignal): Asking {
    return new Asking(this.#hubErrorOf, this.#storeErrorOf, signal)
  }
}
