import { createHash } from 'node:crypto'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { isObject } from '../records/fields.ts'

const VERSION = 1
/** How much is read of a file at once, at least. */
export const CHUNK_BYTES = 256 * 1024
const LARGEST_CHUNK_BYTES = 4 * 1024 * 1024

/** How a file looked when it was read: whether it is still the same. */
export interface FileMark {
  readonly size: number
  readonly mtimeMs: number
  /** SHA-256 of what was read, in hex. */
  readonly digest: string
}

/** The files that have been read whole, by path. */
export type Marks = Map<string, FileMark>

/** The marks in a saved position; undefined when it is none of ours. */
export function readPosition(position: unknown): Marks | undefined {
  if (!isObject(position) || position['version'] !== VERSION || !isObject(position['files'])) return undefined
  const marks = Object.entries(position['files']).filter((entry): entry is [string, FileMark] => isMark(entry[1]))
  return new Map(marks)
}

export function writePosition(marks: Marks): unknown {
  return { version: VERSION, files: Object.fromEntries([...marks].toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

/** Whether the file is as it was when it was read. A new time alone, as copying gives it, is no new content. */
export async function isUnchanged(path: string, mark: FileMark | undefined, signal: AbortSignal): Promise<boolean> {
  if (mark === undefined) return false
  const { size, mtimeMs } = await stat(path)
  if (size !== mark.size) return false
  return mtimeMs === mark.mtimeMs || (await digestOf(path, signal)) === mark.digest
}

/** The digest of a whole file, as in its mark. */
export async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  await using file = await open(path)
  const hash = createHash('sha256')
  for await (const chunk of chunks(file, () => 0, signal)) hash.update(chunk)
  return hash.digest('hex')
}

/**
 * A file's bytes, at most so many: what grows faster than it is read would never end. A chunk grows with what is held of
 * one long record, so that putting them together stays cheap.
 */
export async function* chunks(
  file: FileHandle,
  held: () => number,
  signal: AbortSignal,
  most = Infinity,
): AsyncGenerator<Buffer> {
  for (let left = most; left > 0;) {
    signal.throwIfAborted()
    const wanted = Math.min(chunkBytes(held()), left)
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted)
    if (bytesRead === 0) return
    left -= bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** How much to read at once, while so much is held. */
export function chunkBytes(held: number): number {
  return Math.min(Math.max(CHUNK_BYTES, held), LARGEST_CHUNK_BYTES)
}

function isMark(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['size'] === 'number' &&
    typeof value['mtimeMs'] === 'number' &&
    typeof value['digest'] === 'string'
  )
}
