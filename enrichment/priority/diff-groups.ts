import type { PriorityBand } from '../../schemas/records.ts'
import { ITEMS, type Item } from '../evidence.ts'
import { LADDER_POINTS, RUNGS, STRIDES } from './point.ts'

/** Combinations that move from one band to another, and what they have in common. */
export interface Move {
  readonly from: PriorityBand
  readonly to: PriorityBand
  readonly count: number
  /** How many combinations are as `text` says, moved or not: equal to `count` where all of them move. */
  readonly of: number
  /** `exposure=internet, exploitability=easy, asset=prod|crown_jewel: P2 -> P1, 1,234 combinations`. */
  readonly text: string
}

interface Ladder {
  readonly item: Item
  readonly stride: number
  /** One more than its rungs: the last is unknown. */
  readonly base: number
}

/** What is common to some combinations: by ladder a bit for every digit that occurs. */
type Box = readonly number[]

interface Group {
  readonly box: Box
  readonly count: number
  readonly of: number
}

const LADDERS: readonly Ladder[] = ITEMS.map((item) => ({
  item,
  stride: STRIDES[item],
  base: RUNGS[item].length + 1,
})).filter(({ stride }) => stride < LADDER_POINTS)
/** As often a group is divided by one ladder, as long as that says more exactly what is in it. */
const DIVISIONS = 3

/** Groups of the combinations with these indexes, as exact as three ladders can tell; the largest first. */
export function movesOf(from: PriorityBand, to: PriorityBand, indexes: readonly number[]): readonly Move[] {
  return divided(indexes, DIVISIONS).map(({ box, count, of }) => {
    const among = count === of ? '' : ` of ${of.toLocaleString('en-US')}`
    const text = `${wordsOf(box)}: ${from} -> ${to}, ${count.toLocaleString('en-US')}${among} combinations`
    return { from, to, count, of, text }
  })
}

function divided(indexes: readonly number[], divisions: number): readonly Group[] {
  const box = boxOf(indexes)
  const of = sizeOf(box)
  const whole = { box, count: indexes.length, of }
  if (divisions === 0 || whole.count === of) return [whole]
  const sizes = sizesByLadder(indexes)
  const best = sizes.indexOf(Math.min(...sizes))
  if (sizes[best]! >= of) return [whole]
  const { stride, base } = LADDERS[best]!
  const parts = Map.groupBy(indexes, (index) => Math.floor(index / stride) % base)
  return joined(
    [...parts.values()].flatMap((part) => divided(part, divisions - 1)),
    best,
  )
}

/** Groups that differ in this one ladder only become one. */
function joined(groups: readonly Group[], ladder: number): readonly Group[] {
  const alike = Map.groupBy(groups, ({ box, count, of }) => [...box.with(ladder, 0), count === of].join())
  return [...alike.values()].flatMap((each) => {
    if (each[0]!.count !== each[0]!.of) return each
    const box = each[0]!.box.with(
      ladder,
      each.reduce((mask, group) => mask | group.box[ladder]!, 0),
    )
    const count = each.reduce((sum, group) => sum + group.count, 0)
    return [{ box, count, of: count }]
  })
}

function boxOf(indexes: readonly number[]): Box {
  const box = LADDERS.map(() => 0)
  for (const index of indexes) addTo(box, index)
  return box
}

function addTo(box: number[], index: number): void {
  for (const [place, { stride, base }] of LADDERS.entries()) box[place]! |= 1 << (Math.floor(index / stride) % base)
}

/** How many combinations the groups would describe together, were they divided by each of the ladders. */
function sizesByLadder(indexes: readonly number[]): readonly number[] {
  const boxes = LADDERS.map(({ base }) => Array.from({ length: base }, () => LADDERS.map(() => 0)))
  for (const index of indexes) {
    for (const [place, { stride, base }] of LADDERS.entries())
      addTo(boxes[place]![Math.floor(index / stride) % base]!, index)
  }
  return boxes.map((parts) => parts.reduce((sum, box) => sum + sizeOf(box), 0))
}

function sizeOf(box: Box): number {
  return box.reduce((size, mask) => size * bitsOf(mask), 1)
}

function bitsOf(mask: number): number {
  let bits = 0
  for (let rest = mask; rest > 0; rest >>= 1) bits += rest & 1
  return bits
}

function wordsOf(box: Box): string {
  const words = LADDERS.flatMap(({ item, base }, place) => {
    const mask = box[place]!
    if (mask === (1 << base) - 1) return []
    const rungs = [...RUNGS[item], 'unknown']
    const kept = rungs.filter((_, digit) => (mask >> digit) & 1)
    const missing = rungs.filter((rung) => !kept.includes(rung))
    return [missing.length * 2 < kept.length ? `${item} not ${missing.join('|')}` : `${item}=${kept.join('|')}`]
  })
  return words.length === 0 ? 'whatever else is known' : words.join(', ')
}
