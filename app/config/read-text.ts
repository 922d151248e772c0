import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { errorCode } from '../../core/errors.ts'

const MAX_BYTES = 1024 * 1024

/** What keeps a file from being read as text; the line is 0 where the file as a whole is meant. */
export interface Unreadable {
  readonly problem: string
  readonly remedy: string
  readonly line: number
  readonly column: number
}

export type TextResult = { readonly text: string } | { readonly unreadable: Unreadable }

/** The text of a small UTF-8 file without its byte order mark, or what keeps it from being read and how to mend that. */
export function readText(file: string): TextResult {
  let bytes: Buffer
  try {
    const stats = statSync(file)
    if (stats.isDirectory()) return refuse('this is a directory', 'give the path of a file in it')
    if (stats.size > MAX_BYTES) return refuse('larger than 1 MiB', 'check that this is the right file')
    bytes = readFileSync(file)
  } catch (error) {
    return refuse(...accessProblem(error))
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return refuse('the file is UTF-16', 'save it as UTF-8')
  if (!isUtf8(bytes)) return refuseBytes(bytes)
  const text = new TextDecoder('utf-8').decode(bytes)
  const nul = text.indexOf('\0')
  if (nul >= 0)
    return refuse('a NUL character: this looks like a binary file', 'give the path of a text file', ...place(text, nul))
  return { text }
}

function refuse(problem: string, remedy: string, line = 0, column = 0): TextResult {
  return { unreadable: { problem, remedy, line, column } }
}

function refuseBytes(bytes: Buffer): TextResult {
  const text = new TextDecoder('utf-8').decode(bytes)
  if (text.includes('\0')) return refuse('this is a binary file', 'give the path of a text file')
  return refuse('not UTF-8 from here on', 'save the file as UTF-8', ...place(text, text.indexOf('\u{fffd}')))
}

function place(text: string, offset: number): [line: number, column: number] {
  const lines = text.slice(0, offset).split('\n')
  return [lines.length, lines.at(-1)!.length + 1]
}

function accessProblem(error: unknown): [problem: string, remedy: string] {
  const code = errorCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return ['the file does not exist', 'check the path']
  if (code === 'EACCES' || code === 'EPERM')
    return ['no permission to read the file', `let this user (uid ${process.getuid?.() ?? 'unknown'}) read it`]
  return [`the file cannot be read (${code})`, 'check the path and the disk']
}
