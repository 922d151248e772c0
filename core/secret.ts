import { inspect } from 'node:util'

const MASK = '[secret]'

/** A value that is used but never shown: printing, logging, serialising and inspecting it all give a mask. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself; call it only where it leaves the process on purpose. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
