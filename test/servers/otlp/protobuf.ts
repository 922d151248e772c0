/** One message of protobuf's wire format: what stands under each field's number, in order. */
export class WireMessage {
  readonly #fields = new Map<number, (bigint | Buffer)[]>()

  /** Throws a RangeError where the bytes are no message. */
  constructor(bytes: Buffer) {
    const reader = new Reader(bytes)
    while (!reader.isAtEnd) {
      const tag = Number(reader.varint())
      const values = this.#fields.get(tag >> 3) ?? []
      this.#fields.set(tag >> 3, values)
      values.push(reader.value(tag & 7))
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field)
  }

  messages(field: number): WireMessage[] {
    return this.#all(field).map((value) => new WireMessage(value as Buffer))
  }

  message(field: number): WireMessage {
    return new WireMessage(this.#last(field, Buffer.alloc(0)))
  }

  text(field: number): string {
    return this.#last(field, Buffer.alloc(0)).toString()
  }

  hex(field: number): string {
    return this.#last(field, Buffer.alloc(0)).toString('hex')
  }

  integer(field: number): bigint {
    return this.#last(field, 0n)
  }

  #all(field: number): readonly (bigint | Buffer)[] {
    return this.#fields.get(field) ?? []
  }

  /** Of a field that stands there several times, the last counts. */
  #last<T extends bigint | Buffer>(field: number, absent: T): T {
    return (this.#all(field).at(-1) ?? absent) as T
  }
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes.readUInt8(this.#at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a number of more than 64 bits')
  }

  value(wireType: number): bigint | Buffer {
    if (wireType === 0) return this.varint()
    if (wireType === 1) return this.#take(8).readBigUInt64LE()
    if (wireType === 2) return this.#take(Number(this.varint()))
    if (wireType === 5) return BigInt(this.#take(4).readUInt32LE())
    throw new RangeError(`wire type ${wireType} is not used any more`)
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new RangeError('the message is cut off')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
