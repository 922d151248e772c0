import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode } from '../../core/errors.ts'
import { CHUNK_BYTES, chunkBytes } from './file-marks.ts'

const GZIP = Buffer.from([0x1f, 0x8b])

/** Whether a file that begins so is packed by gzip, whatever its name says. */
export function isGzip(head: Buffer): boolean {
  return head.subarray(0, GZIP.length).equals(GZIP)
}

/**
 * What gzip packed, member after member, piece by piece, so that a small file which unpacks to a huge one needs no more
 * memory than any. A piece grows with what is held of one long record, as `chunks` do. Rejects with zlib's error (see
 * `gzipDamage`), or with that of the reading.
 */
export async function* unpacked(raw: AsyncIterable<Buffer>, held = (): number => 0): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  const fed = pipeline(Readable.from(raw, { highWaterMark: 1 }), gunzip)
  // Where it fails, reading the other end fails as well.
  fed.catch(() => {})
  let pieces: Buffer[] = []
  let size = 0
  const gathered = (): Buffer => {
    const whole = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    pieces = []
    size = 0
    return whole
  }
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      pieces.push(piece)
      size += piece.length
      if (size >= chunkBytes(held())) yield gathered()
    }
    await fed
  } catch (error) {
    // What came before the damage is sound.
    if (size > 0) yield gathered()
    throw error
  }
  if (size > 0) yield gathered()
}

/** What is wrong with packed bytes, as a part of a sentence about their file; undefined for any other error. */
export function gzipDamage(error: unknown): string | undefined {
  const code = errorCode(error)
  if (!code.startsWith('Z_')) return undefined
  return code === 'Z_BUF_ERROR' ? 'its gzip is cut off' : 'its gzip is damaged'
}
