import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { PermanentError, asError } from '../../core/errors.ts'
import { faultOf } from '../fault.ts'
import type { Delivery, PostureFinding } from '../sink.ts'
import type { Delivered } from './delivered.ts'
import type { Sent } from './endpoint.ts'
import type { Endpoints } from './endpoints.ts'
import { halves, type Parcel, type Parcels } from './parcels.ts'

/** What all deliveries of a sink share. */
export interface DeliveryServices {
  readonly endpoints: Endpoints
  readonly parcels: Parcels
  readonly delivered: Delivered
  readonly compression: boolean
}

/** How many requests of one delivery may be without an acknowledgement before it waits for them. */
const UNACKNOWLEDGED = 8
/** An event this large that is called malformed may only be too large: so say Splunk Cloud and `maxEventSize`. */
const SUSPECT_BYTES = 256 * 1024

const compress = promisify(gzip)

/**
 * Sends findings until each has an outcome. A finding is rejected only when it was refused standing alone: whom Splunk
 * blames inside a request is first sent by itself, and so are those before and after it. Those before may be in already
 * (Splunk reads a request as a stream) or not (its own log counts none of them), so they are sent again: rather twice than
 * not at all.
 */
export class HecDelivery {
  readonly #services: DeliveryServices
  readonly #signal: AbortSignal
  readonly #outcomes = new Map<string, Delivery>()
  /** What is still to be sent; the last goes first. */
  readonly #work: (readonly Parcel[])[] = []
  readonly #unacknowledged: { readonly group: readonly Parcel[]; readonly acknowledged: Promise<Error | undefined> }[] =
    []

  /** When the signal aborts, the request under way is brought to its end, and no other is begun. */
  constructor(services: DeliveryServices, signal: AbortSignal) {
    this.#services = services
    this.#signal = signal
  }

  /** One outcome per finding, by its id. Throws what kept all of them, or one request without a fault, from being sent. */
  async send(findings: ReadonlyMap<string, PostureFinding>): Promise<ReadonlyMap<string, Delivery>> {
    const failure = await this.#sendAll(this.#parcelsOf(findings)).catch(asError)
    await this.#awaitAcknowledgements()
    if (failure === undefined) return this.#outcomes
    // What has an outcome keeps it; without a fault the rest must be halved until the record that is to blame stands alone.
    if (this.#signal.aborted || this.#outcomes.size === 0 || faultOf(failure) === undefined) throw failure
    for (const id of findings.keys())
      if (!this.#outcomes.has(id)) this.#outcomes.set(id, { status: 'failed', error: failure })
    return this.#outcomes
  }

  #parcelsOf(findings: ReadonlyMap<string, PostureFinding>): Parcel[] {
    const made = [...findings].map(([id, finding]) => ({ id, parcel: this.#services.parcels.of(id, finding) }))
    return made.flatMap(({ id, parcel }) => (parcel instanceof PermanentError ? this.#reject(id, parcel) : [parcel]))
  }

  async #sendAll(parcels: readonly Parcel[]): Promise<undefined> {
    this.#next(this.#services.parcels.pack(parcels))
    for (let group = this.#work.pop(); group; group = this.#work.pop()) {
      this.#signal.throwIfAborted()
      const body = Buffer.concat(group.map(({ envelope }) => envelope))
      const sent = await this.#services.endpoints.send(await this.#encode(body), this.#signal)
      this.#next(this.#after(group, sent))
      if (this.#unacknowledged.length >= UNACKNOWLEDGED) await this.#awaitAcknowledgements()
    }
  }

  async #encode(body: Buffer): Promise<Uint8Array> {
    return this.#services.compression ? await compress(body, { level: constants.Z_BEST_SPEED }) : body
  }

  /** What to send next of a group that was sent. */
  #after(group: readonly Parcel[], sent: Sent): readonly (readonly Parcel[])[] {
    const [parcel, ...others] = group
    if (sent.kind === 'taken') {
      if (sent.acknowledged) this.#unacknowledged.push({ group, acknowledged: sent.acknowledged })
      else this.#take(group)
      return []
    }
    if (others.length > 0)
      return sent.kind === 'too-large' ? this.#services.parcels.split(group) : around(group, sent.event)
    const mayBeTooLarge = sent.kind === 'too-large' || parcel!.envelope.length > SUSPECT_BYTES
    const smaller = mayBeTooLarge ? this.#services.parcels.smaller(parcel!) : sent.error
    if (!(smaller instanceof PermanentError)) return [[smaller]]
    this.#reject(parcel!.id, sent.kind === 'refused' ? sent.error : smaller)
    return []
  }

  async #awaitAcknowledgements(): Promise<void> {
    for (const { group, acknowledged } of this.#unacknowledged.splice(0)) {
      const error = await acknowledged
      if (error === undefined) this.#take(group)
      else for (const { id } of group) this.#outcomes.set(id, { status: 'failed', error })
    }
  }

  #take(group: readonly Parcel[]): void {
    for (const { id } of group) {
      this.#services.delivered.add(id)
      this.#outcomes.set(id, { status: 'delivered' })
    }
  }

  #reject(id: string, error: PermanentError): [] {
    this.#outcomes.set(id, { status: 'failed', error })
    return []
  }

  #next(groups: readonly (readonly Parcel[])[]): void {
    this.#work.push(...groups.toReversed())
  }
}

/** Those before the one that is blamed, itself, and those after it; halves where nobody is, or where it says nothing. */
function around(group: readonly Parcel[], blamed: number | undefined): readonly (readonly Parcel[])[] {
  if (blamed === undefined || blamed >= group.length) return halves(group)
  const after = group.slice(blamed + 1)
  // The first is blamed, too, for a whole that is too large (Splunk Cloud): halves keep that from going one by one.
  const parts = blamed === 0 && after.length > 1 ? halves(after) : [after]
  return [group.slice(0, blamed), [group[blamed]!], ...parts].filter((part) => part.length > 0)
}
