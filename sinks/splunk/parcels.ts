import { PermanentError } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { PostureFinding } from '../sink.ts'
import type { SplunkConfig } from './config.ts'
import { envelopeOf, type Labels } from './envelope.ts'
import { shorten } from './shorten.ts'

/** One finding as it is sent. */
export interface Parcel {
  /** Of the finding; see `identityOf`. */
  readonly id: string
  readonly finding: PostureFinding
  readonly envelope: Buffer
  /** How much was left out of it: how far down the ladder it stands. */
  readonly rung: number
}

export type ParcelConfig = Labels & Pick<SplunkConfig, 'maxBatchBytes' | 'maxEventBytes'>

/** A limit of the other side that is lower than this is none we could keep to. */
const LEAST_BATCH_BYTES = 16 * 1024

/** Makes parcels of findings, and requests of parcels, within the limits of bytes; all bytes are those before compression. */
export class Parcels {
  readonly #config: ParcelConfig
  readonly #log: Logger
  readonly #about: { readonly sink: string }
  #maxBatchBytes: number
  #toldOfShortening = false
  #toldOfLimit = false

  constructor(config: ParcelConfig, log: Logger, about: { readonly sink: string }) {
    this.#config = config
    this.#log = log
    this.#about = about
    this.#maxBatchBytes = config.maxBatchBytes
  }

  /** The finding, shortened where it is too large; a PermanentError (`SPLUNK_EVENT_TOO_LARGE`) when that is not enough. */
  of(id: string, finding: PostureFinding): Parcel | PermanentError {
    const whole = { id, finding, envelope: envelopeOf(finding, this.#config), rung: 0 }
    return whole.envelope.length > this.#config.maxEventBytes ? this.#within(whole, this.#config.maxEventBytes) : whole
  }

  /** The same with less in it, for when the other side finds it too large; a PermanentError when there is no less. */
  smaller(parcel: Parcel): Parcel | PermanentError {
    return this.#within(parcel, parcel.envelope.length - 1)
  }

  /** Groups of parcels in order, each as large as one request may be; what is larger is alone. */
  pack(parcels: readonly Parcel[]): Parcel[][] {
    const groups: Parcel[][] = []
    let bytes = Infinity
    for (const parcel of parcels) {
      bytes += parcel.envelope.length
      if (bytes > this.#maxBatchBytes) {
        groups.push([])
        bytes = parcel.envelope.length
      }
      groups.at(-1)!.push(parcel)
    }
    return groups
  }

  /** Two or more groups of what was too large for one request, a limit that later requests keep to. */
  split(parcels: readonly Parcel[]): Parcel[][] {
    const bytes = parcels.reduce((sum, { envelope }) => sum + envelope.length, 0)
    const limit = Math.max(Math.floor(bytes / 2), LEAST_BATCH_BYTES)
    if (limit < this.#maxBatchBytes) {
      this.#maxBatchBytes = limit
      this.#tellOfLimit(bytes)
    }
    const groups = this.pack(parcels)
    return groups.length > 1 ? groups : halves(parcels)
  }

  #within(parcel: Parcel, maxBytes: number): Parcel | PermanentError {
    const { id, finding } = parcel
    for (let shorter = shorten(finding, parcel.rung); shorter; shorter = shorten(finding, shorter.rung)) {
      const envelope = envelopeOf(finding, this.#config, shorter.bytes)
      if (envelope.length > maxBytes) continue
      this.#tellOfShortening()
      return { id, finding, envelope, rung: shorter.rung }
    }
    return new PermanentError(
      'SPLUNK_EVENT_TOO_LARGE',
      `the finding has ${finding.bytes.byteLength} bytes, and is still too large for Splunk after all was left out that may be; raise maxEventBytes of this sink, and the limits of Splunk (max_content_length in limits.conf, maxEventSize in inputs.conf)`,
    )
  }

  #tellOfShortening(): void {
    if (this.#toldOfShortening) return
    this.#toldOfShortening = true
    const fields = { ...this.#about, maxEventBytes: this.#config.maxEventBytes }
    this.#log.warn(fields, 'Findings that are too large for Splunk are shortened; metadata.is_truncated marks them')
  }

  #tellOfLimit(refused: number): void {
    if (this.#toldOfLimit) return
    this.#toldOfLimit = true
    const fields = { ...this.#about, refusedBytes: refused, maxBatchBytes: this.#config.maxBatchBytes }
    this.#log.warn(
      fields,
      'Splunk takes smaller requests than maxBatchBytes; they are made smaller, and it can be lowered',
    )
  }
}

/** Two halves of two or more. */
export function halves(parcels: readonly Parcel[]): Parcel[][] {
  const middle = Math.ceil(parcels.length / 2)
  return [parcels.slice(0, middle), parcels.slice(middle)]
}
