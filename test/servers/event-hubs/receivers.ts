import { setTimeout as sleep } from 'node:timers/promises'
import rhea from 'rhea'
import { cut, noSuchPartition, numberOf, type HubAddress, type Outgoing, type Refusal } from './amqp.ts'
import { strikes, type HubFaults } from './faults.ts'
import { RECEIVERS_WITHOUT_LEVEL } from './limits.ts'
import type { HubRecord, PartitionLog } from './partition-log.ts'
import { startPosition } from './start-position.ts'

interface Reading {
  readonly link: Outgoing
  readonly log: PartitionLog
  readonly group: string
  /** The owner level; undefined: it shares the partition. */
  readonly level: number | undefined
  readonly name: string
  /** Wants to know with each event what the newest one is. */
  readonly tellsNewest: boolean
  next: number
  queued: number
  slow: boolean
}

/** Somebody who reads a partition now. */
export interface AttachedReader {
  readonly group: string
  readonly partition: string
  /** The owner level. */
  readonly level: number | undefined
  /** What the client calls itself. */
  readonly name: string
}

/** The receivers of a hub: who may read a partition, and what is delivered to them. */
export class Receivers {
  readonly counts = { delivered: 0, evicted: 0 }
  readonly #faults: HubFaults
  readonly #readings = new Map<Outgoing, Reading>()

  constructor(faults: HubFaults) {
    this.#faults = faults
  }

  get attached(): readonly AttachedReader[] {
    return [...this.#readings.values()].map(({ group, log, level, name }) => ({
      group,
      partition: log.id,
      level,
      name,
    }))
  }

  get links(): readonly Outgoing[] {
    return [...this.#readings.keys()]
  }

  /** Lets a receiver read, or says why it may not. */
  attach(
    link: Outgoing,
    { group = '', partition }: HubAddress,
    partitions: readonly PartitionLog[],
  ): Refusal | undefined {
    const log = partitions.find(({ id }) => id === partition)
    if (log === undefined) return noSuchPartition(partition, partitions.length)
    const start = startOf(link, log)
    if (typeof start !== 'number') return start
    const properties = link.remote.attach?.properties ?? {}
    const level = numberOf(properties['com.microsoft:epoch'])
    const name = String(properties['com.microsoft:receiver-name'] ?? 'nil')
    const refusal = this.#make({ log, group: group.toLowerCase(), level, name })
    if (refusal !== undefined) return refusal
    const tellsNewest = [link.desired_capabilities ?? []].flat().map(String).includes(RUNTIME_METRIC)
    this.#readings.set(link, {
      link,
      log,
      group: group.toLowerCase(),
      level,
      name,
      tellsNewest,
      next: start,
      queued: 0,
      slow: false,
    })
    return undefined
  }

  detach(link: Outgoing): void {
    this.#readings.delete(link)
  }

  /** There may be something for those who read `log`, or all. */
  pump(log?: PartitionLog): void {
    for (const reading of this.#readings.values()) if (log === undefined || reading.log === log) this.#deliver(reading)
  }

  /** The client has asked for more. */
  more(link: Outgoing): void {
    const reading = this.#readings.get(link)
    if (reading !== undefined) this.#deliver(reading)
  }

  /** Makes room for a reader: a level takes a partition from lower and equal ones, and from those who have none. */
  #make({ log, group, level, name }: Pick<Reading, 'log' | 'group' | 'level' | 'name'>): Refusal | undefined {
    if (this.#faults.stolen.includes(log.id))
      return stolen(`New receiver '${name}' with higher epoch is created elsewhere.`)
    const others = [...this.#readings.values()].filter((other) => other.log === log && other.group === group)
    const highest = Math.max(...others.map((other) => other.level ?? -1))
    if (highest >= 0 && level === undefined)
      return stolen(
        `At least one receiver for the endpoint is created with epoch of '${highest}', and so non-epoch receiver is not allowed.`,
      )
    if (level !== undefined && highest > level)
      return stolen(
        `A receiver with a higher epoch of '${highest}' already exists. A new receiver with epoch ${level} cannot be created.`,
      )
    if (level === undefined) return others.length < RECEIVERS_WITHOUT_LEVEL ? undefined : tooMany(others)
    for (const other of others) this.#evict(other, name, level)
    return undefined
  }

  #evict({ link, name, level }: Reading, by: string, byLevel: number): void {
    this.#readings.delete(link)
    this.counts.evicted += 1
    const lost = `current receiver '${name}' with epoch '${level ?? 'nil'}' is getting disconnected.`
    link.close(stolen(`New receiver '${by}' with higher epoch of '${byLevel}' is created hence ${lost}`))
  }

  #deliver(reading: Reading): void {
    const { link, log } = reading
    if (reading.slow) return
    for (;;) {
      const record = log.get(Math.max(reading.next, log.begins))
      // rhea queues what it has no credit for: such a delivery would be lost to the count when the link goes.
      const credit = link.credit - (reading.queued - link.delivery_count)
      if (record === undefined || credit <= 0 || !link.is_open() || !link.sendable()) return
      if (this.#faults.deliveryMs > 0) return void this.#deliverSlowly(reading)
      this.#send(reading, record)
      if (this.#strike(reading)) return
    }
  }

  async #deliverSlowly(reading: Reading): Promise<void> {
    reading.slow = true
    await sleep(this.#faults.deliveryMs, undefined, { ref: false })
    reading.slow = false
    const record = reading.log.get(Math.max(reading.next, reading.log.begins))
    if (!this.#readings.has(reading.link) || !reading.link.is_open() || record === undefined) return
    this.#send(reading, record)
    if (!this.#strike(reading)) this.#deliver(reading)
  }

  #send(reading: Reading, record: HubRecord): void {
    reading.next = record.sequence + 1
    reading.queued += 1
    this.counts.delivered += 1
    reading.link.send({
      ...record.message,
      ...(reading.tellsNewest ? { delivery_annotations: newestOf(reading.log) } : {}),
      message_annotations: {
        ...record.message.message_annotations,
        'x-opt-sequence-number': rhea.types.wrap_long(record.sequence),
        'x-opt-offset': record.offset,
        'x-opt-enqueued-time': rhea.types.wrap_timestamp(record.at.getTime()),
      },
    })
  }

  #strike({ link }: Reading): boolean {
    if (strikes(this.#faults, 'dropAfter')) {
      this.#readings.delete(link)
      cut(link.connection)
    } else if (strikes(this.#faults, 'closeAfter')) {
      this.#readings.delete(link)
      link.connection.close(forced())
    } else if (strikes(this.#faults, 'detachAfter')) {
      this.#readings.delete(link)
      link.close(serverBusy())
    } else return false
    return true
  }
}

const RUNTIME_METRIC = 'com.microsoft:enable-receiver-runtime-metric'

function startOf(link: Outgoing, log: PartitionLog): number | Refusal {
  const filter = link.source?.filter?.['apache.org:selector-filter:string'] as { readonly value?: unknown } | undefined
  const position = startPosition(filter?.value ?? filter)
  if (position === 'latest') return log.end
  if (position === undefined) return argument(`The supplied filter '${String(filter?.value)}' is invalid.`)
  const start = log.startOf(position)
  if (start !== undefined) return start
  const what = position.by === 'offset' ? 'offset' : 'sequence number'
  const last = position.by === 'offset' ? (log.last?.offset ?? '-1') : String(log.last?.sequence ?? -1)
  return argument(`The supplied ${what} '${position.value}' is invalid. The last ${what} in the system is '${last}'`)
}

function newestOf({ last }: PartitionLog): Record<string, unknown> {
  return {
    last_enqueued_sequence_number: rhea.types.wrap_long(last?.sequence ?? -1),
    last_enqueued_offset: last?.offset ?? '-1',
    last_enqueued_time_utc: rhea.types.wrap_timestamp(last?.at.getTime() ?? 0),
    runtime_info_retrieval_time_utc: rhea.types.wrap_timestamp(Date.now()),
  }
}

function stolen(description: string): Refusal {
  return { condition: 'amqp:link:stolen', description }
}

function argument(description: string): Refusal {
  return { condition: 'com.microsoft:argument-error', description }
}

function tooMany(readers: readonly Reading[]): Refusal {
  const connected = readers.map(({ name }) => name).join(', ')
  return {
    condition: 'amqp:resource-limit-exceeded',
    description: `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${RECEIVERS_WITHOUT_LEVEL}. List of connected receivers - ${connected}.`,
  }
}

export function forced(): Refusal {
  return { condition: 'amqp:connection:forced', description: 'The connection was closed by the service, as told.' }
}

export function serverBusy(): Refusal {
  const why = 'The request was terminated because the entity is being throttled. Error code : 50002.'
  return { condition: 'com.microsoft:server-busy', description: why }
}
