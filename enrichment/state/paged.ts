import type { SQLOutputValue } from 'node:sqlite'

type Row = Readonly<Record<string, SQLOutputValue>>

const PAGE = 500

/** At most `limit` rows with keys after `after`, in their order; `read` answers the next `count` of them. */
export function* paged(
  after: string,
  limit: number,
  read: (after: string, count: number) => readonly Row[],
): Iterable<Row> {
  for (let [last, left] = [after, limit]; left > 0;) {
    const rows = read(last, Math.min(PAGE, left))
    yield* rows
    if (rows.length < PAGE) return
    last = String(rows.at(-1)!['key'])
    left -= rows.length
  }
}
