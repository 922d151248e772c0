import type { Version } from '../../schemas/generated/state.ts'

/** A statement's place in the order of statements about one fact: source's time, source's sequence, digest of the fact. */
export function versionOf(time: number, sequence: number | undefined, digest: string): Version {
  return { time, sequence: sequence ?? 0, digest }
}

export type Precedence = 'newer' | 'equal' | 'older'

/** How a statement stands to the one accepted last: only a newer one counts. */
export function precedence(offered: Version, held: Version | undefined): Precedence {
  if (held === undefined) return 'newer'
  const difference =
    offered.time - held.time ||
    offered.sequence - held.sequence ||
    (offered.digest < held.digest ? -1 : Number(offered.digest > held.digest))
  if (difference === 0) return 'equal'
  return difference > 0 ? 'newer' : 'older'
}
