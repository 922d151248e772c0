import type { Connection, Message } from 'rhea'
import { notFound, noSuchPartition, type Outgoing } from './amqp.ts'
import type { Claims } from './claims.ts'
import { spends, type HubFaults } from './faults.ts'
import { INFORMATION_PER_SECOND } from './limits.ts'
import type { PartitionLog } from './partition-log.ts'
import { serverBusy } from './receivers.ts'
import { hubInformation, partitionInformation, Replies } from './requests.ts'
import { grantOf, refused, type Policy } from './tokens.ts'

interface RequestNodesOptions {
  readonly hub: string
  readonly partitions: readonly PartitionLog[]
  readonly policies: readonly Policy[]
  readonly faults: HubFaults
  readonly claims: Claims
}

const CBS = '$cbs'

/** The two nodes that answer requests; some clients put the hub before the second one. */
export function isNode(address: string): boolean {
  return address === CBS || address.endsWith('$management')
}

/** `$cbs` takes a token from anybody; `$management` tells of the hub, and of its partitions, to whoever has shown one. */
export class RequestNodes {
  readonly counts = { tokens: 0, refusedTokens: 0 }
  readonly #options: RequestNodesOptions
  readonly #replies = new Replies()
  readonly #created = new Date()
  /** When they were asked for information, as far as the last second counts. */
  readonly #asked: number[] = []

  constructor(options: RequestNodesOptions) {
    this.#options = options
  }

  /** A client opens the link on which it awaits answers. */
  attach(link: Outgoing): void {
    this.#replies.attach(link)
  }

  receive(connection: Connection, address: string, request: Message): void {
    if (address === CBS) this.#token(connection, request)
    else if (!this.#isHere(request)) this.#replies.refuse(connection, request, 404, notFound(hubIn(request)))
    else if (this.#options.claims.has(connection, `${this.#options.hub}/$management`)) this.#inform(connection, request)
    else this.#replies.refuse(connection, request, 401, refused('Unauthorized access. A claim is required.'))
  }

  #token(connection: Connection, request: Message): void {
    this.counts.tokens += 1
    const { type, name } = request.application_properties as { readonly type: string; readonly name: string }
    const grant = spends(this.#options.faults, 'refuseTokens')
      ? refused('InvalidSignature: The token has an invalid signature.')
      : grantOf(type, String(request.body), name, this.#options.policies)
    if ('condition' in grant) {
      this.counts.refusedTokens += 1
      return this.#replies.refuse(connection, request, 401, grant)
    }
    const until = Math.min(grant.until, Date.now() + this.#options.faults.tokenMs)
    this.#options.claims.put(connection, name, { ...grant, until })
    this.#replies.send(connection, request, { 'status-code': 202, 'status-description': 'Accepted' })
  }

  /** What is not there nobody needs a right to. */
  #isHere(request: Message): boolean {
    return hubIn(request).toLowerCase() === this.#options.hub.toLowerCase()
  }

  #inform(connection: Connection, request: Message): void {
    const { operation, type, partition } = request.application_properties as Record<string, string>
    const now = Date.now()
    this.#asked.splice(0, this.#asked.findLastIndex((at) => at <= now - 1000) + 1)
    this.#asked.push(now)
    if (this.#asked.length > INFORMATION_PER_SECOND) return this.#replies.refuse(connection, request, 503, serverBusy())
    if (operation !== 'READ') return this.#replies.refuse(connection, request, 404, notFound(hubIn(request)))
    const log = this.#options.partitions.find(({ id }) => id === partition)
    const ok = { 'status-code': 200, 'status-description': 'OK' }
    if (type === 'com.microsoft:eventhub') {
      const ids = this.#options.partitions.map(({ id }) => id)
      this.#replies.send(connection, request, ok, hubInformation(this.#options.hub, this.#created, ids))
    } else if (log === undefined)
      this.#replies.refuse(connection, request, 400, noSuchPartition(partition, this.#options.partitions.length))
    else this.#replies.send(connection, request, ok, partitionInformation(this.#options.hub, log))
  }
}

function hubIn({ application_properties }: Message): string {
  return String((application_properties as Readonly<Record<string, unknown>> | undefined)?.['name'])
}
