import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { syncDirectory } from '../../core/storage.ts'

/**
 * Replaces a complete file by `<path>.gz`. Wherever it is cut off, at least one of the two is whole, and doing it again
 * finishes it: the compressed file gets its name only when it is durable, and the plain one goes only after that.
 */
export async function compress(path: string): Promise<void> {
  const unfinished = `${path}.gz.tmp`
  try {
    // `flush` makes the bytes durable before the stream closes, and so before the name is given.
    await pipeline(createReadStream(path), createGzip(), createWriteStream(unfinished, { flush: true }))
    await rename(unfinished, `${path}.gz`)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
  await rm(path)
  await syncDirectory(dirname(path))
}
