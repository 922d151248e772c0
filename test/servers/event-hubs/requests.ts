import rhea, { type Connection, type Message } from 'rhea'
import type { Outgoing, Refusal } from './amqp.ts'

/** Where answers to the requests of a connection go: `$cbs` and `$management` are asked on one link and answer on another. */
export class Replies {
  readonly #links = new WeakMap<Connection, Map<string, Outgoing>>()

  /** The client has opened the link on which it awaits answers of `node`. */
  attach(link: Outgoing): void {
    const links = this.#links.get(link.connection) ?? new Map<string, Outgoing>()
    for (const name of [link.target?.address, link.name]) if (name !== undefined) links.set(name, link)
    this.#links.set(link.connection, links)
  }

  send(connection: Connection, request: Message, properties: Record<string, unknown>, body?: unknown): void {
    const to = String(request.reply_to)
    this.#links
      .get(connection)
      ?.get(to)
      ?.send({
        to,
        ...(request.message_id === undefined ? {} : { correlation_id: request.message_id }),
        application_properties: properties,
        body,
      })
  }

  refuse(connection: Connection, request: Message, status: number, { condition, description }: Refusal): void {
    this.send(connection, request, {
      'status-code': status,
      'status-description': description,
      'error-condition': condition,
    })
  }
}

const { wrap_array, wrap_long, wrap_timestamp } = rhea.types as unknown as {
  wrap_array(values: readonly string[], code: number): unknown
  wrap_long(value: number): unknown
  wrap_timestamp(value: number): unknown
}
/** The AMQP type of a string of up to 255 bytes. */
const STR8 = 0xa1

/** What `READ` tells of a hub. */
export function hubInformation(name: string, created: Date, partitions: readonly string[]): Record<string, unknown> {
  return {
    name,
    type: 'com.microsoft:eventhub',
    created_at: wrap_timestamp(created.getTime()),
    partition_count: partitions.length,
    partition_ids: wrap_array(partitions, STR8),
    georeplication_factor: 1,
  }
}

export interface PartitionState {
  readonly id: string
  readonly begins: number
  readonly end: number
  readonly records: readonly unknown[]
  readonly last: { readonly sequence: number; readonly offset: string; readonly at: Date } | undefined
}

/** What `READ` tells of a partition. */
export function partitionInformation(hub: string, { id, begins, records, last }: PartitionState) {
  return {
    name: hub,
    type: 'com.microsoft:partition',
    partition: id,
    begin_sequence_number: wrap_long(last === undefined ? -1 : begins),
    last_enqueued_sequence_number: wrap_long(last?.sequence ?? -1),
    last_enqueued_offset: last?.offset ?? '-1',
    last_enqueued_time_utc: wrap_timestamp(last?.at.getTime() ?? 0),
    is_partition_empty: records.length === 0,
  }
}
