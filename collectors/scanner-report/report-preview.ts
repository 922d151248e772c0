import { PermanentError } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../records/fields.ts'
import type { MappingOptions } from '../records/mapped.ts'
import { eventBridgeFindings } from './envelope.ts'
import { expected, formatOf, isOfFormat, mapperOf, type ReportFormat } from './mapping/record-format.ts'
import { ReportFile } from './report-file.ts'

/** What a look at the beginning of a file tells. */
export type Preview =
  | { readonly kind: 'report'; readonly firstTime: number | undefined }
  /** No record at all, in a sound report. */
  | { readonly kind: 'no-records' }
  /** Not a single byte. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'refused'; readonly error: PermanentError }

/** How far to look for the first record that is understood. */
const PREVIEW_BYTES = 64 * 1024 * 1024
const OTHER_KINDS: readonly (readonly [string, readonly number[]])[] = [
  ['is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`', [0xff, 0xfe]],
  ['is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`', [0xfe, 0xff]],
  ['is UTF-16: convert it with `iconv -f UTF-16LE -t UTF-8`', [0x5b, 0x00]],
  ['is UTF-16: convert it with `iconv -f UTF-16LE -t UTF-8`', [0x7b, 0x00]],
  ['is UTF-16: convert it with `iconv -f UTF-16BE -t UTF-8`', [0x00, 0x5b]],
  ['is UTF-16: convert it with `iconv -f UTF-16BE -t UTF-8`', [0x00, 0x7b]],
  ['is packed by gzip twice: unpack it once', [0x1f, 0x8b]],
  ['is compressed by zstd: unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['is a ZIP archive: unpack it first', [0x50, 0x4b, 0x03, 0x04]],
]

/** Looks for the first record that is understood, and its time. Rejects with Node's error when the file cannot be read. */
export async function preview(
  path: string,
  format: ReportFormat | 'auto',
  options: MappingOptions,
  signal: AbortSignal,
): Promise<Preview> {
  const file = new ReportFile(path)
  let elements = 0
  let understood = false
  for await (const frames of file.frames(signal)) {
    const other = otherKind(file.head)
    if (other !== undefined) return refused(path, other)
    for (const { record } of frames) {
      elements += 1
      const found = record === undefined ? undefined : understoodIn(record.value, format)
      if (found === undefined) continue
      understood = true
      const firstTime = timeOf(found, format, options)
      if (firstTime !== undefined) return { kind: 'report', firstTime }
    }
    if (file.textBytes > PREVIEW_BYTES) break
  }
  if (understood) return { kind: 'report', firstTime: undefined }
  if (file.size === 0) return { kind: 'empty' }
  if (elements === 0 && file.damage.length === 0) return { kind: 'no-records' }
  const damage = file.damage.length === 0 ? '' : ` (${file.damage.join('; ')})`
  return refused(path, `holds no record that is understood${damage}; expected ${expected(format)}`)
}

/** The record, or the first finding of an event around findings, where it is of the declared form. */
function understoodIn(record: JsonObject, format: ReportFormat | 'auto'): JsonObject | undefined {
  return [record, ...(eventBridgeFindings(record) ?? [])].filter(isObject).find((each) => {
    const found = formatOf(each)
    return found !== undefined && isOfFormat(found, format)
  })
}

function timeOf(record: JsonObject, format: ReportFormat | 'auto', options: MappingOptions): number | undefined {
  try {
    return mapperOf(record, format)(record, options)?.at
  } catch {
    return undefined // Told when the record is read.
  }
}

function otherKind(head: Buffer): string | undefined {
  return OTHER_KINDS.find(
    ([, magic]) => magic.length <= head.length && magic.every((byte, at) => head[at] === byte),
  )?.[0]
}

function refused(path: string, what: string): Preview {
  return { kind: 'refused', error: new PermanentError('REPORT_UNKNOWN', `${path} ${what}`) }
}
