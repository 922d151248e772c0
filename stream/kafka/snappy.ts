import { compress, uncompress } from 'snappyjs'

/** The Java client frames what it compresses as snappy-java does: a header, then blocks with their lengths. */
const XERIAL_MAGIC = Buffer.from('82534e4150505900', 'hex')
const XERIAL_HEADER_BYTES = 16

/** One block without a frame, which every client reads. */
export function compressSnappy(bytes: Buffer): Buffer {
  return asBuffer(compress(bytes))
}

/** Both forms, framed and not. Throws where the bytes are damaged or become more than `maxBytes`. */
export function decompressSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return asBuffer(uncompress(bytes, maxBytes))
  const blocks: Buffer[] = []
  let left = maxBytes
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const end = at + 4 + length
    if (end > bytes.length) throw new Error('a snappy block is cut off')
    const block = asBuffer(uncompress(bytes.subarray(at + 4, end), left))
    left -= block.length
    blocks.push(block)
    at = end
  }
  return Buffer.concat(blocks)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
