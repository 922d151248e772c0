import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { HecRefusal, HttpRefusal } from './codes.ts'

/** The whole body as it was sent; what is over the limit is read too, so that the client hears the refusal, but not kept. */
export async function readBody(request: IncomingMessage, limit: number): Promise<{ body: Buffer; bytes: number }> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes <= limit) parts.push(part)
  }
  return { body: Buffer.concat(parts), bytes }
}

/** The body without its Content-Encoding. Throws HttpRefusal 413 where it is larger than `limit` when unpacked, 415, or code 6. */
export async function unpack(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body
  if (encoding !== 'gzip') throw HttpRefusal.encoding(encoding)
  try {
    return await promisify(gunzip)(body, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw HttpRefusal.tooLarge(limit + 1, limit)
    throw new HecRefusal(6, 0)
  }
}
