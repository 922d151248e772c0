import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** What a report is written as: Prowler's list, OCSF of another product line by line, or ASFF line by line. */
export type ReportKind = 'prowler' | 'ocsf' | 'asff'

const samples = join(import.meta.dirname, '../../test/samples')
const FILES: Readonly<Record<ReportKind, string>> = {
  prowler: 'account/prowler.ocsf.json',
  ocsf: 'account/prowler.ocsf.json',
  asff: 'account/prowler.asff.json',
}

/**
 * Writes a report of so many bytes and resolves to the number of its records: those of a real one again and again, in
 * accounts that are not the same, so that every record is a finding of its own. Packed where the name ends in .gz.
 */
export async function writeReport(path: string, kind: ReportKind, bytes: number): Promise<number> {
  const records = templates(kind)
  const isList = kind === 'prowler'
  let count = 0
  let written = 0
  async function* pieces(): AsyncGenerator<string> {
    if (isList) yield '['
    while (written < bytes) {
      const record = records[count % records.length]!
      // One account for each round over the records.
      const account = String(100_000_000_000 + Math.floor(count / records.length))
      const text = record.replaceAll('123456789012', account)
      const piece = isList ? `${count === 0 ? '' : ','}\n${text}` : `${text}\n`
      written += piece.length
      count += 1
      yield piece
    }
    if (isList) yield '\n]\n'
  }
  const file = createWriteStream(path, { highWaterMark: 1024 * 1024 })
  if (path.endsWith('.gz')) await pipeline(pieces, createGzip({ level: 1 }), file)
  else await pipeline(pieces, file)
  if (!file.closed) await once(file, 'close')
  return count
}

function templates(kind: ReportKind): string[] {
  const records = JSON.parse(readFileSync(join(samples, FILES[kind]), 'utf8')) as Record<string, unknown>[]
  return records.map((record) => JSON.stringify(kind === 'ocsf' ? ofAnotherProduct(record) : record))
}

function ofAnotherProduct(record: Record<string, unknown>): object {
  const { metadata, time } = record as { metadata: object; time: number }
  const product = { name: 'Posture Scanner', vendor_name: 'Example', version: '1.0.0' }
  const compliance = { status_id: record['status_code'] === 'FAIL' ? 3 : 1 }
  return { ...record, metadata: { ...metadata, product }, class_uid: 2003, compliance, time: time * 1000 }
}
