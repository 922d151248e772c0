import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { errorCode } from '../../core/errors.ts'
import type { Fetched } from './feed-source.ts'
import { refused, tooLarge } from './refused.ts'

/** A file that was packed, and packed again for its way here. */
const MOST_LAYERS = 2
const GZIP = [0x1f, 0x8b]
const OTHER_KINDS: readonly (readonly [string, readonly number[]])[] = [
  ['is a ZIP archive: unpack it first', [0x50, 0x4b, 0x03, 0x04]],
  ['is packed by zstd: unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['is packed by bzip2: unpack it first', [0x42, 0x5a, 0x68]],
  ['is packed by xz: unpack it first', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`', [0xff, 0xfe]],
  ['is UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`', [0xfe, 0xff]],
]

type Packed = Pick<Fetched, 'bytes' | 'encoded'>

export interface FeedText {
  readonly text: string
  /** The file's own checksum says that nothing is missing. */
  readonly whole: boolean
}

/** The text of a list, whether it is packed by gzip or not; never more than `maxBytes`. Throws a PermanentError. */
export async function unpack({ bytes, encoded }: Packed, name: string, maxBytes: number): Promise<FeedText> {
  let plain = bytes
  let layers = 0
  for (; beginsWith(plain, GZIP); layers++) {
    if (layers === MOST_LAYERS) throw refused(name, 'is packed by gzip again and again: unpack it first')
    plain = await unzipped(plain, name, maxBytes)
  }
  const other = OTHER_KINDS.find(([, magic]) => beginsWith(plain, magic))
  if (other !== undefined) throw refused(name, other[0])
  const text = plain.toString('utf8').replace(/^\ufeff/, '')
  if (text.trim() === '') throw refused(name, 'is empty: fetch it again, and see whether its publisher has it')
  if (/^\s*</.test(text))
    throw refused(name, 'is a web page, not a list: check the address, and whether something stands between')
  return { text, whole: layers > (encoded ? 1 : 0) }
}

async function unzipped(bytes: Buffer, name: string, maxBytes: number): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name, maxBytes)
    if (code === 'Z_BUF_ERROR') throw refused(name, 'is cut off: its gzip data has no end; fetch it again', error)
    throw refused(name, `is damaged: its gzip data cannot be unpacked (${code}); fetch it again`, error)
  }
}

function beginsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, at) => bytes[at] === byte)
}
