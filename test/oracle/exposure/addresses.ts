/** An address as the number it is. */
export interface Address {
  readonly family: 4 | 6
  readonly number: bigint
}

/** From the first to the last address, both included. */
export interface Span {
  readonly family: 4 | 6
  readonly first: bigint
  readonly last: bigint
}

const BITS = { 4: 32, 6: 128 } as const

export function readAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.')
    if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
    return { family: 4, number: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) }
  }
  const [head = '', tail] = text.split('::')
  const words = (half: string): string[] => (half === '' ? [] : half.split(':'))
  const front = words(head)
  const back = tail === undefined ? [] : words(tail)
  const gap = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0')
  const all = [...front, ...gap, ...back]
  if (all.length !== 8 || !all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined
  return { family: 6, number: all.reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n) }
}

/** Host bits are cut off, as EC2 does. Undefined: it is no CIDR. */
export function readCidr(text: string): Span | undefined {
  const [head = '', width, more] = text.split('/')
  const address = readAddress(head)
  if (!address || more !== undefined || (width !== undefined && !/^\d{1,3}$/.test(width))) return undefined
  const bits = BITS[address.family]
  const kept = width === undefined ? bits : Number(width)
  if (kept > bits) return undefined
  const size = 1n << BigInt(bits - kept)
  const first = (address.number / size) * size
  return { family: address.family, first, last: first + size - 1n }
}

function contains(cidr: string, { family, number }: Address): boolean {
  const span = readCidr(cidr)
  return span !== undefined && span.family === family && span.first <= number && number <= span.last
}

/** Ranges from which nothing comes over the internet. */
const NOT_ROUTED =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3'.split(' ')
const ROUTED_6 = '2000::/3'

export function isRouted(address: Address): boolean {
  if (address.family === 6) return contains(ROUTED_6, address)
  return !NOT_ROUTED.some((cidr) => contains(cidr, address))
}

/** Addresses that everything in a case treats alike: two of them stand for all. */
export interface Stretch extends Span {
  readonly size: bigint
}

/** The whole address space, cut at every border of every CIDR that is named, and of the ranges that are not routed. */
export function stretches(cidrs: Iterable<string>): Stretch[] {
  const cuts = { 4: new Set([0n]), 6: new Set([0n]) }
  for (const cidr of [...cidrs, ...NOT_ROUTED, ROUTED_6]) {
    const span = readCidr(cidr)
    if (span) cuts[span.family].add(span.first).add(span.last + 1n)
  }
  return ([4, 6] as const).flatMap((family) => {
    const end = 1n << BigInt(BITS[family])
    const starts = [...cuts[family]].filter((cut) => cut < end).toSorted((one, other) => (one < other ? -1 : 1))
    return starts.map((first, index) => {
      const next = starts[index + 1] ?? end
      return { family, first, last: next - 1n, size: next - first }
    })
  })
}
