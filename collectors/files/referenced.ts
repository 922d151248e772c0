import { open, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'
import { chunks } from './file-marks.ts'
import { isGzip, unpacked } from './unpacked.ts'

/** What stands in a dead letter for bytes that were too many to be kept in it. */
interface Reference {
  readonly file: string
  readonly offset: number
  readonly length: number
  /** Of a packed file: whether they count in what it unpacks to. */
  readonly unpacked: boolean
}

/** What is read anew is held whole, once. */
const MOST_BYTES = 256 * 1024 * 1024

/**
 * The bytes of a dead letter; where it only refers to a place in a file, the bytes that stand there. Throws a PermanentError
 * (`REFERENCE_GONE`, `REFERENCE_CHANGED`, `REFERENCE_TOO_LARGE`) where these cannot be had, or are not the same for certain.
 */
export async function bytesBehind(
  { bytes, time }: { readonly bytes: Uint8Array; readonly time: number },
  signal: AbortSignal,
): Promise<Buffer> {
  const reference = referenceIn(bytes)
  const found = reference === undefined ? Buffer.from(bytes) : await referenced(reference, time, signal)
  return isGzip(found) ? await text(found) : found
}

async function referenced(reference: Reference, time: number, signal: AbortSignal): Promise<Buffer> {
  const { file, length } = reference
  if (length > MOST_BYTES)
    throw new PermanentError(
      'REFERENCE_TOO_LARGE',
      `the ${length} bytes in ${file} are more than the ${MOST_BYTES} that are read anew at once: cut the record smaller`,
    )
  try {
    const { mtimeMs } = await stat(file)
    if (mtimeMs > time) throw changed(file, 'it was written to since')
    return await slice(reference, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PermanentError) throw error
    const message = `the letter only refers to ${file}, which cannot be read (${errorCode(error)}): put it back, or drop the letter`
    throw new PermanentError('REFERENCE_GONE', message, { cause: error })
  }
}

/** A whole file that was set aside is set aside as it is, packed or not. */
async function text(packed: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: MOST_BYTES })
  } catch (cause) {
    throw new PermanentError('REFERENCE_PACKED', `it cannot be unpacked: ${asError(cause).message}`, { cause })
  }
}

async function slice(
  { file: path, offset, length, unpacked: isText }: Reference,
  signal: AbortSignal,
): Promise<Buffer> {
  await using file = await open(path)
  const raw = chunks(file, () => 0, signal)
  const wanted = Buffer.allocUnsafe(length)
  let [at, taken] = [0, 0]
  for await (const chunk of isText ? unpacked(raw) : raw) {
    const from = Math.max(0, offset - at)
    if (from < chunk.length) taken += chunk.copy(wanted, taken, from)
    at += chunk.length
    if (taken === length) return wanted
  }
  throw changed(path, `it ends before byte ${offset + length}`)
}

function changed(file: string, how: string): PermanentError {
  return new PermanentError(
    'REFERENCE_CHANGED',
    `the letter only refers to ${file}, and ${how}: what stands there now was read as a report of its own; drop the letter`,
  )
}

function referenceIn(bytes: Uint8Array): Reference | undefined {
  if (bytes.byteLength > 64 * 1024) return undefined
  try {
    const { reference } = JSON.parse(Buffer.from(bytes).toString()) as { reference?: Partial<Reference> }
    const { file, offset = 0, length, unpacked: isText = false } = reference ?? {}
    if (typeof file !== 'string' || !Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) return undefined
    return { file, offset, length: length!, unpacked: isText }
  } catch {
    return undefined
  }
}
