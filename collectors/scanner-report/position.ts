import { stat } from 'node:fs/promises'
import { isObject } from '../asff/fields.ts'
import { digestOf, type FileMark } from './report-file.ts'

const VERSION = 1

/** The reports that have been read whole, by path. */
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

function isMark(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['size'] === 'number' &&
    typeof value['mtimeMs'] === 'number' &&
    typeof value['digest'] === 'string'
  )
}
