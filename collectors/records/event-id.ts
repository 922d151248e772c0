import { createHash } from 'node:crypto'
import type { Context } from '../../core/component.ts'

/** The id of an event of this collector, in a scan where it has one: made of the record's bytes, the same whenever it is read. */
export function eventId(
  { tenant, name }: Pick<Context, 'tenant' | 'name'>,
  scan: string,
  bytes: Uint8Array | string,
): string {
  return createHash('sha256').update(`${tenant}/${name}/${scan}/`).update(bytes).digest('hex').slice(0, 32)
}
