import type { AmqpError, Connection, Container, Receiver, Sender, Session } from 'rhea'

/** Links as rhea has them and does not say in its types. */
interface LinkInside {
  readonly session: Session
  readonly local: { readonly attach: { max_message_size?: number } }
  readonly remote: { readonly attach?: { readonly properties?: Readonly<Record<string, unknown>> } }
}

/** To a client that receives. */
export type Outgoing = Sender & LinkInside & { readonly credit: number; readonly delivery_count: number }
/** From a client that sends. */
export type Incoming = Receiver & LinkInside

/** What the service refuses, by the condition and the words that clients go by. */
export type Refusal = Required<Pick<AmqpError, 'condition' | 'description'>>

/** A number that the client wrapped as an AMQP long, or did not. */
export function numberOf(value: unknown): number | undefined {
  const plain = typeof value === 'object' && value !== null ? (value as { readonly value?: unknown }).value : value
  return plain === undefined || plain === null ? undefined : Number(plain)
}

/** Ends a connection as a network does: without a word. */
export function cut(connection: Connection): void {
  ;(connection['socket'] as { destroy(): void }).destroy()
}

/** `hub`, `hub/Partitions/0`, `hub/ConsumerGroups/g/Partitions/0`; any case. */
export interface HubAddress {
  readonly hub: string
  readonly group?: string | undefined
  readonly partition?: string | undefined
}

export function hubAddress(address: string): HubAddress | undefined {
  const parts = /^([^/]+)(?:\/consumergroups\/([^/]+))?(?:\/partitions\/([^/]+))?$/i.exec(address)
  return parts === null ? undefined : { hub: parts[1]!, group: parts[2], partition: parts[3] }
}

export function notFound(what: string): Refusal {
  return { condition: 'amqp:not-found', description: `The messaging entity '${what}' could not be found.` }
}

export function noSuchPartition(asked: string | undefined, partitions: number): Refusal {
  const range = `It should be between 0 and ${partitions - 1}.`
  return {
    condition: 'com.microsoft:argument-out-of-range',
    description: `The specified partition '${asked}' is invalid for an EventHub partition sender or receiver. ${range}`,
  }
}

/** As rhea has them and does not say in its types. */
interface SaslMechanisms {
  enable_anonymous(): void
  enable_plain(mayEnter: () => boolean): void
  MSSBCBS?: unknown
  readonly ANONYMOUS?: unknown
}

/** Anybody may connect, as with the service: what they may do there, their tokens say. */
export function letIn(container: Container): void {
  const mechanisms = container.sasl_server_mechanisms as SaslMechanisms
  mechanisms.enable_anonymous()
  mechanisms.enable_plain(() => true)
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS
}
