import { describe, expect, test } from 'vitest'
import { complement, EVERYTHING, flows, intersect, size, sourcesOfAll, union } from './flow-set.ts'
import type { FlowSet } from './flow-set.ts'
import { addressesOf, count, EVERYWHERE, parseCidr, subtract, toCidrs } from './flow-set-addresses.ts'
import { firstMatching } from './flow-set-bounds.ts'
import { isInternet } from './flow-set-internet.ts'
import { firstMatch } from './flow-set-rules.ts'
import { ALL_SERVICES, describeServices, isSensitive, portsOf, servicesOf, TCP, UDP } from './flow-set-services.ts'

const v4 = (...cidrs: string[]) => addressesOf('v4', cidrs)
const tcp = (first: number, last = first) => portsOf(TCP, first, last)

describe('addresses', () => {
  test('host bits are masked', () => expect(toCidrs('v4', v4('203.0.113.77/24'), 9)).toEqual(['203.0.113.0/24']))

  test('two halves are all addresses', () => expect(v4('0.0.0.0/1', '128.0.0.0/1')).toEqual(EVERYWHERE.v4))

  test('one half twice is one half', () => expect(count(v4('0.0.0.0/1', '0.0.0.0/1'))).toBe(1n << 31n))

  test('a v4-mapped block is the v4 one', () => {
    expect(parseCidr('::ffff:203.0.113.77/120')).toMatchObject({ family: 'v4', prefix: 24 })
    expect(v4('::ffff:203.0.113.77/120')).toEqual(v4('203.0.113.0/24'))
    expect(parseCidr('::ffff:0:0/90')).toMatchObject({ family: 'v6' })
  })

  test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '0x0a.0.0.0/8', '::/129', 'fe80::1%eth0/64', 'all', null, 7])(
    '%j is no CIDR, and nothing is thrown',
    (text) => expect(parseCidr(text)).toBeUndefined(),
  )

  test('a range becomes the fewest CIDRs, and no more than asked for', () => {
    expect(toCidrs('v4', [[1n, 8n]], 9)).toEqual(['0.0.0.1/32', '0.0.0.2/31', '0.0.0.4/30', '0.0.0.8/32'])
    expect(toCidrs('v4', [[1n, 8n]], 2)).toHaveLength(2)
    expect(toCidrs('v6', EVERYWHERE.v6, 9)).toEqual(['::/0'])
  })

  test('what is left of all addresses without some is the rest', () => {
    const rest = subtract('v4', EVERYWHERE.v4, v4('10.0.0.0/8', '255.255.255.255/32'))
    expect(count(rest)).toBe((1n << 32n) - (1n << 24n) - 1n)
  })
})

describe('what stands for the internet', () => {
  test.each([
    [['54.0.0.0/8'], false],
    [['54.0.0.0/8', '54.0.0.0/8'], false],
    [['54.0.0.0/8', '55.0.0.0/32'], true],
    [Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`), true],
    [['0.0.0.0/1', '128.0.0.0/1'], true],
    [['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12', '100.64.0.0/10'], false],
    [['224.0.0.0/3'], false],
  ])('%j: %j', (cidrs, expected) => expect(isInternet('v4', v4(...cidrs))).toBe(expected))

  test('of IPv6 more than a /32', () => {
    expect(isInternet('v6', addressesOf('v6', ['2600::/32']))).toBe(false)
    expect(isInternet('v6', addressesOf('v6', ['2600::/31']))).toBe(true)
    expect(isInternet('v6', addressesOf('v6', ['fc00::/7']))).toBe(false)
  })
})

describe('services', () => {
  test('a rule without ports, and one with -1, is for all ports', () => {
    expect(servicesOf('tcp')).toEqual(tcp(0, 65_535))
    expect(servicesOf('6', [-1, -1])).toEqual(tcp(0, 65_535))
    expect(servicesOf('-1', [22, 22])).toEqual(ALL_SERVICES)
  })

  test('ICMP types are no ports', () => expect(servicesOf('icmp', [8, 0])).toEqual(portsOf(1, 0, 65_535)))

  test.each([
    ['tcp', [30, 20]],
    ['tcp', [0, 70_000]],
    ['tpc', undefined],
    ['256', undefined],
    [undefined, undefined],
  ] as const)('%j %j makes no sense', (protocol, ports) =>
    expect(servicesOf(protocol, ports && [ports[0], ports[1]])).toBeUndefined(),
  )

  test('a stretch is told by protocol', () => {
    expect(describeServices([tcp(65_535)[0], portsOf(7, 0, 65_535)[1]], 9)).toEqual([
      { protocol: 'tcp', ports: '65535' },
      { protocol: '7', ports: 'all' },
    ])
  })

  test('ports to administer by and of databases are sensitive, also inside a range', () => {
    expect(
      [22, 3389, 5985, 1433, 3306, 5432, 6379, 9200, 27_017, 11_211, 2375, 10_250].every((port) =>
        isSensitive(tcp(port)),
      ),
    ).toBe(true)
    expect([80, 443, 8080, 8443].some((port) => isSensitive(tcp(port)))).toBe(false)
    expect(isSensitive(tcp(20, 25))).toBe(true)
    expect(isSensitive(portsOf(UDP, 443, 443))).toBe(false)
  })
})

/** Every pair of a few addresses and ports, by its own. */
const PROBES = [0, 21, 22, 23, 80, 65_535].flatMap((port) =>
  ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0', '200.0.0.1'].map((address) =>
    flows(tcp(port), v4(`${address}/32`)),
  ),
)
const holds = (set: FlowSet) => PROBES.map((probe) => intersect(set, probe).length > 0)

describe('flow sets', () => {
  const one = union(flows(tcp(22), v4('10.0.0.0/8')), flows(tcp(0, 80), v4('200.0.0.0/8')))
  const other = union(flows(tcp(20, 65_535), v4('0.0.0.0/1')), flows(ALL_SERVICES, v4('11.0.0.0/8')))

  test('union, intersection and complement are those of the pairs', () => {
    const [inOne, inOther] = [holds(one), holds(other)]
    expect(holds(union(one, other))).toEqual(inOne.map((held, at) => held || inOther[at]))
    expect(holds(intersect(one, other))).toEqual(inOne.map((held, at) => held && inOther[at]))
    expect(holds(complement('v4', one))).toEqual(inOne.map((held) => !held))
  })

  test('equal neighbours become one segment, so that a set has one form', () => {
    const split = union(flows(tcp(0, 21), v4('0.0.0.0/0')), flows(tcp(22, 65_535), v4('0.0.0.0/1', '128.0.0.0/1')))
    expect(split).toEqual(flows(tcp(0, 65_535), EVERYWHERE.v4))
  })

  test('the size is the number of pairs', () => {
    expect(size(one)).toBe((1n << 24n) + 81n * (1n << 24n))
    expect(size(EVERYTHING.v4)).toBe(1n << 56n)
  })

  test('the sources that reach all of a stretch', () => {
    const set = union(flows(tcp(0, 100), v4('10.0.0.0/8')), flows(tcp(50, 60), v4('11.0.0.0/8')))
    expect(sourcesOfAll('v4', set, tcp(0, 100))).toEqual(v4('10.0.0.0/8'))
    expect(sourcesOfAll('v4', set, tcp(50, 60))).toEqual(v4('10.0.0.0/7'))
    expect(sourcesOfAll('v4', set, tcp(0, 101))).toEqual([])
  })
})

describe('ordered rules', () => {
  test('the first match decides, whatever comes later', () => {
    const set = firstMatch([
      { services: tcp(22), sources: v4('10.0.0.0/9'), lets: false },
      { services: tcp(0, 65_535), sources: v4('10.0.0.0/8'), lets: true },
      { services: ALL_SERVICES, sources: EVERYWHERE.v4, lets: false },
    ])
    expect(set).toEqual([
      { services: tcp(0, 21), sources: v4('10.0.0.0/8') },
      { services: tcp(22), sources: v4('10.128.0.0/9') },
      { services: tcp(23, 65_535), sources: v4('10.0.0.0/8') },
    ])
  })

  test('a line of unknown extent lowers the one bound and raises the other', () => {
    const open = { services: tcp(22), sources: EVERYWHERE.v4, how: 'certain' } as const
    const denied = firstMatching('v4', [{ services: tcp(22), sources: undefined, how: 'no' }, open])
    expect(denied).toMatchObject({ certain: [], possible: [], unknown: flows(tcp(22), EVERYWHERE.v4) })
    const allowed = firstMatching('v4', [{ ...open, sources: undefined }])
    expect(allowed).toMatchObject({ certain: [], possible: [], unknown: flows(tcp(22), EVERYWHERE.v4) })
    const second = firstMatching('v4', [open, { services: undefined, sources: undefined, how: 'no' }])
    expect(second.certain).toEqual(flows(tcp(22), EVERYWHERE.v4))
  })

  const many = Array.from({ length: 10_000 }, (_, at) => ({
    services: tcp(at),
    sources: v4(`${at % 200}.${at % 250}.0.0/16`),
    lets: at % 3 !== 0,
  }))

  test('10,000 rules are no trouble, each for a port or all for the same', () => {
    const started = performance.now()
    expect(firstMatch(many)).toHaveLength(6666)
    expect(firstMatch(many.map((line) => ({ ...line, services: tcp(0, 9999) })))).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('a list that is too intricate to work out is not known', () => {
    expect(firstMatch(many.map((line, at) => ({ ...line, services: tcp(at, 60_000 - at) })))).toBeUndefined()
  })
})
