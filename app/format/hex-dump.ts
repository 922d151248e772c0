const ROW = 16
const MAX_ROWS = 256

/** Offset, bytes and printable characters in rows of 16; the rest of a long value is only counted. */
export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = []
  for (let offset = 0; offset < bytes.length && rows.length < MAX_ROWS; offset += ROW) {
    const row = [...bytes.subarray(offset, offset + ROW)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    rows.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(ROW * 3 - 1)}  ${text}`)
  }
  const left = bytes.length - rows.length * ROW
  return left > 0 ? `${rows.join('\n')}\n… and ${left} more bytes` : rows.join('\n')
}
