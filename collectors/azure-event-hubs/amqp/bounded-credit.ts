import type { EventHubConsumerClient } from '@azure/event-hubs'

/** So many bytes of a partition may wait in memory. */
const BYTES = 4 * 1024 * 1024
/** What a message is taken for before one has come. */
const FIRST_GUESS_BYTES = 256 * 1024
/** After a large message the guess falls slowly. */
const FALLING = 0.95

/** What we need of a link on which messages come. */
export interface Link {
  readonly credit: number
  addCredit(credit: number): void
}

interface LinkOptions {
  onMessage?: (context: { readonly message?: { readonly body?: unknown } }, ...others: unknown[]) => void
}

interface Connection {
  createReceiver(options: LinkOptions): Promise<Link>
}

/**
 * Bounds what the SDK has sent to it before it is asked for. @azure/event-hubs 6.0.4 adds to a link's credit at every look
 * at its queue, whatever is outstanding (Azure/azure-sdk-for-js#39452): after an hour of silence a burst of any size would
 * be read into memory. It knows no bytes either. There is no public way to the link; where the SDK has changed, this does
 * nothing.
 */
export function boundCredit(client: EventHubConsumerClient, atMost: number): void {
  const context = Reflect.get(client, '_context') as { connection?: Connection } | undefined
  if (typeof context?.connection?.createReceiver !== 'function') return
  let connection = bounded(context.connection, atMost)
  // The SDK makes a new connection whenever one breaks.
  Object.defineProperty(context, 'connection', {
    enumerable: true,
    configurable: true,
    get: () => connection,
    set: (made: Connection) => {
      connection = bounded(made, atMost)
    },
  })
}

function bounded(connection: Connection, atMost: number): Connection {
  const create = connection.createReceiver.bind(connection)
  connection.createReceiver = async (options) => {
    const { onMessage } = options
    if (onMessage === undefined) return create(options)
    const credit = new Credit(atMost)
    const link = await create({
      ...options,
      onMessage: (context, ...others) => {
        credit.took(sizeOf(context.message?.body))
        onMessage(context, ...others)
      },
    })
    const add = link.addCredit.bind(link)
    link.addCredit = (wanted) => {
      const more = credit.more(wanted, link.credit)
      if (more > 0) add(more)
    }
    return link
  }
  return connection
}

/** How many more messages a link may be sent. */
class Credit {
  readonly #atMost: number
  #guess = FIRST_GUESS_BYTES
  #isFirst = true

  constructor(atMost: number) {
    this.#atMost = atMost
  }

  took(bytes: number): void {
    this.#guess = this.#isFirst ? bytes : Math.max(bytes, this.#guess * FALLING)
    this.#isFirst = false
  }

  /** Of `wanted` so many that, with what is outstanding, memory holds it; at least one is always outstanding. */
  more(wanted: number, outstanding: number): number {
    const room = Math.max(1, Math.min(this.#atMost, Math.floor(BYTES / Math.max(1, this.#guess))))
    return Math.max(0, Math.min(wanted, room - outstanding))
  }
}

function sizeOf(body: unknown): number {
  const content = typeof body === 'object' && body !== null && 'content' in body ? body.content : body
  if (content instanceof Uint8Array) return content.byteLength
  if (typeof content === 'string') return content.length
  if (Array.isArray(content)) return content.reduce<number>((sum, each) => sum + sizeOf(each), 0)
  return 1024
}
