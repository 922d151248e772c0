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

/** A secret's text as it is, and as JSON, URLs and base64 spell it: what to look for in what others wrote. */
export function spellingsOf(text: string): readonly string[] {
  const base64 = Buffer.from(text).toString('base64')
  return [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), base64, base64.replace(/=+$/, '')]
}
