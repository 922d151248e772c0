import { jsonVerifier } from 'stream-json/utils/verifier.js'

const SLICE_BYTES = 64 * 1024
/** The verifier waits for more at an odd byte near the end of what it has; so much white space makes it decide. */
const DECIDING = ' '.repeat(64)

export interface JsonFault {
  /** The byte at which these bytes stop being JSON. */
  readonly at: number
  readonly reason: string
}

/** Where and why bytes are not JSON; undefined while they are JSON that only lacks its end. */
export function jsonFault(bytes: Buffer): JsonFault | undefined {
  const verify = jsonVerifier()
  try {
    // One character per byte, so that the verifier counts bytes; all of JSON's own characters are ASCII.
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) verify(bytes.toString('latin1', at, at + SLICE_BYTES))
    verify(DECIDING)
    return undefined
  } catch (error) {
    const { offset, message } = error as Error & { offset?: number }
    if (offset === undefined || offset >= bytes.length) return undefined
    return { at: offset, reason: message.replace(/^.*cannot parse input: /, '') }
  }
}
