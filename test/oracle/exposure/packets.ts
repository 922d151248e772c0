import { isRouted, type Stretch, stretches } from './addresses.ts'
import type { World } from './world.ts'

/** Ports of administration and of databases; the cases use no others that one could argue about. */
const SENSITIVE = [
  22, 23, 135, 139, 445, 1433, 1521, 2375, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 9200, 11_211, 27_017,
]

export const isSensitive = (protocol: number, port: number): boolean => protocol === 6 && SENSITIVE.includes(port)

/** What a packet may ask for. */
export interface Ask {
  readonly protocol: number
  readonly port: number
}

/** One ask for each that a case could treat in its own way. */
export function asksOf(world: World): Ask[] {
  const ports = portsOf(world)
  return [
    ...[6, 17].flatMap((protocol) => ports.map((port) => ({ protocol, port }))),
    ...[1, 58, 47].map((protocol) => ({ protocol, port: 0 })),
  ]
}

/** Every border of every range that is named, one beside it, and of each range the first port that is sensitive. */
export const portsOf = (world: World): readonly number[] => world.once('ports', () => cutPorts(world))

function cutPorts(world: World): number[] {
  const cuts = new Set([0, 1024])
  for (const number of world.numbers())
    if (Number.isInteger(number) && number >= 0 && number <= 65_535) cuts.add(number).add(number + 1)
  const starts = [...cuts].filter((port) => port <= 65_535).toSorted((one, other) => one - other)
  return starts.flatMap((start, index) => {
    const end = starts[index + 1] ?? 65_536
    const sensitive = SENSITIVE.find((port) => start < port && port < end)
    const plain = SENSITIVE.includes(start) && start + 1 < end ? [start + 1] : []
    return sensitive === undefined ? [start, ...plain] : [start, sensitive, ...plain]
  })
}

/** The stretches of addresses from which packets come over the internet. */
export function outside(world: World): readonly Stretch[] {
  return world.once('outside', () => cut(world).filter(({ family, first }) => isRouted({ family, number: first })))
}

/** The stretches from which nothing comes over the internet. */
export function inland(world: World): readonly Stretch[] {
  return world.once('inland', () => cut(world).filter(({ family, first }) => !isRouted({ family, number: first })))
}

const cut = (world: World): readonly Stretch[] => world.once('stretches', () => stretches(world.texts()))

/** The stretches that lie in one of the CIDRs. */
export function within(world: World, cidrs: readonly string[]): Stretch[] {
  return cut(world).filter(({ family, first }) => cidrs.some((cidr) => world.holds(cidr, { family, number: first })))
}
