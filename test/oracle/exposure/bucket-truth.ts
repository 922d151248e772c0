import { LADDERS } from '../../../enrichment/evidence.ts'
import type { Anonymous, Expectation, Value } from './expectation.ts'
import { CLOSED, type Doors } from './policy-truth.ts'
import { type BucketDoors, bucketWorlds } from './s3-truth.ts'
import type { World } from './world.ts'

/** What may be answered for a bucket: what is so in every world; where they differ, nothing is known. */
export function bucketExpectation(world: World, uid: string, made?: Map<string, BucketDoors>): Expectation {
  const worlds = bucketWorlds(world, uid, made)
  return combined(
    worlds.map((each) => ({
      values: valuesIn([each.read, each.write, each.objects], each.list),
      anonymous: anonymousIn(each),
    })),
  )
}

/** One world's answer, where the text leaves more than one name for it all of them. */
export interface Answers {
  readonly values: readonly Value[]
  readonly anonymous: readonly (Anonymous | undefined)[]
}

export function combined(worlds: readonly Answers[]): Expectation {
  return {
    values: bounded(worlds.map(({ values }) => values)),
    anonymous: leastOf(worlds.map(({ anonymous }) => anonymous)),
  }
}

/** Where worlds differ it is not known, or at least what is so in all of them. */
function leastOf(worlds: readonly (readonly (Anonymous | undefined)[])[]): readonly (Anonymous | undefined)[] {
  const [first = [], ...others] = worlds
  if (others.every((other) => other.join() === first.join())) return first
  const least = DEEDS.find((deed) => worlds.some((each) => each.includes(deed)))
  return least === 'no' ? ['unknown'] : ['unknown', least]
}

const DEEDS: readonly Anonymous[] = LADDERS.anonymousAccess

/** Of worlds that differ: what is reached over the internet in all of them is; what is not in any may be called by the most. */
function bounded(worlds: readonly (readonly Value[])[]): readonly Value[] {
  const ranked = worlds.toSorted((one, other) => rank(one) - rank(other))
  const [least = [], most = []] = [ranked[0], ranked.at(-1)]
  const lowest = worlds.toSorted((one, other) => floor(one) - floor(other))[0] ?? []
  if (floor(lowest) >= LADDER.indexOf('internet_restricted')) return [...new Set([...least, ...lowest])]
  const shared = common(worlds)
  if (worlds.every((each) => each.join() === least.join())) return shared
  if (!shared.includes('unknown') && rank(most) > LADDER.indexOf('cross_boundary')) return shared
  return rank(most) <= LADDER.indexOf('cross_boundary') ? ['unknown', ...most] : ['unknown']
}

const LADDER: readonly Value[] = LADDERS.exposure
const floor = (values: readonly Value[]): number => Math.min(...values.map((value) => LADDER.indexOf(value)))
const rank = (values: readonly Value[]): number => Math.max(...values.map((value) => LADDER.indexOf(value)))

function common<T>(answers: readonly (readonly T[])[]): readonly (T | 'unknown')[] {
  const [first = [], ...others] = answers
  const shared = first.filter((each) => others.every((other) => other.includes(each)))
  return shared.length > 0 ? shared : ['unknown']
}

/** By the widest door of all; listing names is not yet reading data, whatever one calls it. */
export function valuesIn(doors: readonly Doors[], listing: Doors = CLOSED): readonly Value[] {
  if (doors.some(({ anonymous }) => anonymous === 'anyone')) return ['internet_sensitive']
  if (listing.anonymous === 'anyone') return ['internet', 'internet_sensitive']
  const all = [...doors, listing]
  // Whoever has an account of his own gets in: open to everybody, with a login before it.
  if (all.some(({ stranger }) => stranger === 'anyone'))
    return ['internet_sensitive', 'internet', 'internet_restricted']
  if (all.some(({ anonymous, stranger }) => anonymous === 'some' || stranger === 'some')) return ['internet_restricted']
  if (all.some(({ otherAccount }) => otherAccount)) return ['cross_boundary']
  return all.some(({ network }) => network) ? ['cross_boundary', 'internal', 'unknown'] : ['none', 'internal']
}

function anonymousIn({ read, list, write, objects }: BucketDoors): readonly Anonymous[] {
  if (write.anonymous === 'anyone') return ['write']
  if ([read, objects].some(({ anonymous }) => anonymous === 'anyone')) return ['read']
  if (list.anonymous === 'anyone') return ['read', 'no']
  if (write.anonymous === 'some') return ['write', 'no']
  return [read, list, objects].some(({ anonymous }) => anonymous === 'some') ? ['read', 'no'] : ['no']
}
