import ipaddr from 'ipaddr.js'

export type Family = 'v4' | 'v6'
export const FAMILIES: readonly Family[] = ['v4', 'v6']

type Interval = readonly [first: bigint, last: bigint]

/** Addresses of one family: closed intervals, ascending, that neither overlap nor touch. */
export type AddressSet = readonly Interval[]

const BITS = { v4: 32n, v6: 128n } as const
/** Every address of a family. */
export const EVERYWHERE: Readonly<Record<Family, AddressSet>> = {
  v4: [[0n, (1n << BITS.v4) - 1n]],
  v6: [[0n, (1n << BITS.v6) - 1n]],
}

interface Block {
  readonly family: Family
  readonly addresses: AddressSet
  readonly prefix: number
}

/** Most CIDRs of an account are one of the two. */
const WHOLE = new Map<unknown, Block>([
  ['0.0.0.0/0', { family: 'v4', addresses: EVERYWHERE.v4, prefix: 0 }],
  ['::/0', { family: 'v6', addresses: EVERYWHERE.v6, prefix: 0 }],
])
const FOUR_DECIMALS = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})\/\d{1,2}$/

/**
 * The block of addresses that a CIDR names, its host bits ignored; a v4-mapped v6 block is the v4 one. Undefined where it
 * is no CIDR: its extent is not known. Never throws.
 */
export function parseCidr(text: unknown): Block | undefined {
  const whole = WHOLE.get(text)
  if (whole !== undefined || typeof text !== 'string') return whole
  if (!text.includes(':') && !FOUR_DECIMALS.test(text)) return undefined
  try {
    if (!text.includes(':')) return blockOf('v4', ...ipaddr.IPv4.parseCIDR(text))
    const [address, prefix] = ipaddr.IPv6.parseCIDR(text)
    if (address.zoneId !== undefined) return undefined
    if (prefix >= 96 && address.isIPv4MappedAddress()) return blockOf('v4', address.toIPv4Address(), prefix - 96)
    return blockOf('v6', address, prefix)
  } catch {
    return undefined
  }
}

/** The block that a policy's value names: a CIDR, or an address, which stands for itself alone. */
export function parseCidrOrAddress(text: string): Block | undefined {
  return parseCidr(text.includes('/') ? text : `${text}/${BITS[text.includes(':') ? 'v6' : 'v4']}`)
}

/** One address; undefined where it is none, or of another family. */
export function parseAddress(family: Family, text: string): AddressSet | undefined {
  const block = parseCidr(`${text}/${BITS[family]}`)
  return block?.family === family ? block.addresses : undefined
}

function blockOf(family: Family, address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number): Block {
  const size = 1n << (BITS[family] - BigInt(prefix))
  const value = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const first = value - (value % size)
  return { family, addresses: [[first, first + size - 1n]], prefix }
}

/** The addresses of those of the CIDRs that are of the family; CIDRs that do not parse are left out. */
export function addressesOf(family: Family, cidrs: readonly string[]): AddressSet {
  return union(cidrs.flatMap((cidr) => membersOf(family, parseCidr(cidr))))
}

function membersOf(family: Family, block: Block | undefined): AddressSet {
  return block?.family === family ? block.addresses : []
}

/** Any intervals, in any order, as one set. */
export function union(intervals: readonly Interval[]): AddressSet {
  if (intervals.length < 2) return intervals
  const merged: [bigint, bigint][] = []
  for (const [first, last] of intervals.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))) {
    const before = merged.at(-1)
    if (before === undefined || first > before[1] + 1n) merged.push([first, last])
    else if (last > before[1]) before[1] = last
  }
  return merged
}

export function intersect(one: AddressSet, other: AddressSet): AddressSet {
  const both: Interval[] = []
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    const [first, last] = one[i]!
    const [otherFirst, otherLast] = other[j]!
    const from = first > otherFirst ? first : otherFirst
    const to = last < otherLast ? last : otherLast
    if (from <= to) both.push([from, to])
    if (last < otherLast) i++
    else j++
  }
  return both
}

/** What is in `one` and not in `other`. */
export function subtract(family: Family, one: AddressSet, other: AddressSet): AddressSet {
  const rest: Interval[] = []
  let next = 0n
  for (const [first, last] of other) {
    if (first > next) rest.push([next, first - 1n])
    next = last + 1n
  }
  const [, end] = EVERYWHERE[family][0]!
  if (next <= end) rest.push([next, end])
  return intersect(one, rest)
}

export function equal(one: AddressSet, other: AddressSet): boolean {
  return (
    one === other ||
    (one.length === other.length && one.every(([first, last], at) => first === other[at]![0] && last === other[at]![1]))
  )
}

/** How many addresses. */
export function count(addresses: AddressSet): bigint {
  return addresses.reduce((sum, [first, last]) => sum + last - first + 1n, 0n)
}

/** The set as CIDRs, the first `limit` of them. */
export function toCidrs(family: Family, addresses: AddressSet, limit: number): readonly string[] {
  const cidrs: string[] = []
  for (const [first, last] of addresses) {
    for (let at = first; at <= last;) {
      if (cidrs.length === limit) return cidrs
      let bits = 0n
      while (bits < BITS[family] && at % (2n << bits) === 0n && at + (2n << bits) - 1n <= last) bits++
      cidrs.push(`${textOf(family, at)}/${BITS[family] - bits}`)
      at += 1n << bits
    }
  }
  return cidrs
}

/** The first address of a set. */
export function firstAddress(family: Family, [first]: AddressSet): string | undefined {
  return first && textOf(family, first[0])
}

function textOf(family: Family, address: bigint): string {
  const bytes = Array.from({ length: Number(BITS[family] / 8n) }, (_, at) =>
    Number((address >> (BITS[family] - 8n - BigInt(at) * 8n)) & 255n),
  )
  return ipaddr.fromByteArray(bytes).toString()
}
