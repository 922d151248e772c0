import { describe, expect, test } from 'vitest'
import type { AssetType, ContextGraph } from '../context-graph.ts'
import { SAMPLE_TENANT, sampleGraph } from '../graph/sample-graph.ts'
import { instanceExposure } from './instance.ts'
import { interfaceExposure } from './interface.ts'
import {
  acl,
  BASE,
  ec2,
  entry,
  evaluate,
  group,
  host,
  nic,
  OPEN,
  route,
  rule,
  SETTINGS,
  table,
} from './sample-world.ts'
import type { Documents } from './sample-world.ts'

const web = (changes: Documents = {}, uncovered: readonly AssetType[] = []) =>
  evaluate(instanceExposure, 'AWS::EC2::Instance', ec2('instance/web-1'), changes, uncovered)
const ingress = (...rules: Parameters<typeof group>) => web({ [ec2('security-group/web')]: group(...rules) })
const routed = (...routes: Parameters<typeof route>[]) =>
  web({ [ec2('route-table/out')]: table(['public'], ...routes.map((each) => route(...each))) })
const texts = ({ closedBy }: ReturnType<typeof web>) => closedBy.map(({ text }) => text)

describe('an instance', () => {
  test('web-1 is reached from the internet, with every hop of the proof', () => {
    const exposure = web()
    expect(exposure).toMatchObject({ value: 'internet_sensitive', certainty: 'certain', closedBy: [], missing: [] })
    expect(exposure.routes).toHaveLength(1)
    expect(exposure.routes[0]).toMatchObject({ from: 'internet', protocol: 'tcp', ports: ['22'], certainty: 'certain' })
    expect(exposure.routes[0]?.hops.map(({ text }) => text)).toEqual([
      'web-1 has the public IPv4 address 54.0.0.1',
      'VPC block public access of 111122223333 in eu-west-1 is off',
      'internet gateway igw is attached',
      'route table out sends 0.0.0.0/0 to internet gateway igw',
      'network ACL acl lets it in',
      'network ACL acl lets the replies out',
      'security group web allows tcp 22 from 0.0.0.0/0',
    ])
    expect(exposure.inputs.map(({ uid }) => uid)).toContain(ec2('security-group/web'))
  })

  test('batch-1 has the same open group and a private subnet: closed, by the route table', () => {
    const exposure = evaluate(instanceExposure, 'AWS::EC2::Instance', ec2('instance/batch-1'))
    expect(exposure).toMatchObject({ value: 'internal', certainty: 'certain', missing: [] })
    expect(texts(exposure)).toContain(
      'route table nat sends 0.0.0.0/0 to nat gateway nat, which lets nothing in from the internet',
    )
  })

  test('a stopped one is judged as it stands, and says so', () => {
    const exposure = web({ [ec2('instance/web-1')]: { ...host('web-1'), state: 'stopped' } })
    expect(exposure.value).toBe('internet_sensitive')
    expect(exposure.routes[0]?.hops.at(-1)?.text).toBe('instance web-1 is stopped: so it would be reached')
  })

  test('the worst of its interfaces counts, and one that is not known leaves it open', () => {
    const two = { ...host('web-1'), interfaces: [ec2('network-interface/inner'), ec2('network-interface/web-1')] }
    const inner = nic({ subnet: 'private' })
    expect(web({ [ec2('instance/web-1')]: two, [ec2('network-interface/inner')]: inner }).value).toBe(
      'internet_sensitive',
    )
    const closed = { [ec2('security-group/web')]: group() }
    const exposure = web({ ...closed, [ec2('instance/web-1')]: two })
    expect(exposure).toMatchObject({ value: undefined, missing: ['network interface inner'] })
  })

  test('without a list of interfaces those that name it are all, if all are known', () => {
    const { interfaces: _, ...unlisted } = host('web-1')
    const changes = { [ec2('instance/web-1')]: unlisted }
    expect(web(changes).value).toBe('internet_sensitive')
    const closed = { ...changes, [ec2('security-group/web')]: group() }
    expect(web(closed).value).toBe('none')
    expect(web(closed, ['AWS::EC2::NetworkInterface']).value).toBeUndefined()
  })
})

describe('addresses', () => {
  const at = (of: Parameters<typeof nic>[0]) => web({ [ec2('network-interface/web-1')]: nic(of) })

  test('without a public address nothing comes in', () => {
    expect(at({})).toMatchObject({ value: 'internal', certainty: 'certain' })
    expect(texts(at({}))).toContain('web-1 has no public IPv4 address')
  })

  test('of IPv6 a global address is enough, for rules for IPv6', () => {
    const ipv6 = ['2600:1f18:1:1::10']
    expect(at({ ipv6 }).value).toBe('internal')
    const open = { [ec2('security-group/web')]: group(rule('tcp', 443, '::/0')) }
    expect(web({ ...open, [ec2('network-interface/web-1')]: nic({ ipv6 }) }).value).toBe('internet')
    expect(web({ ...open, [ec2('network-interface/web-1')]: nic({ ipv6: ['fd00::10'] }) }).value).not.toBe('internet')
    expect(web({ ...open, [ec2('network-interface/web-1')]: nic({ open: '54.0.0.1' }) }).value).toBe('none')
  })

  test('addresses that were not collected are not known', () => {
    const { addresses: _, ...unread } = nic({})
    expect(web({ [ec2('network-interface/web-1')]: unread })).toMatchObject({
      value: undefined,
      missing: ['public IPv4 address of web-1'],
    })
  })
})

describe('routes', () => {
  const GATEWAY = 'internet-gateway/igw'

  test('no route, a blackhole, a NAT and an egress-only gateway let nothing in', () => {
    expect(routed().value).toBe('internal')
    expect(routed(['0.0.0.0/0', 'nat-gateway']).value).toBe('internal')
    expect(routed(['0.0.0.0/0', 'egress-only-internet-gateway']).value).toBe('internal')
    const hole = table(['public'], { ...route('0.0.0.0/0', 'internet-gateway', GATEWAY), state: 'blackhole' })
    expect(web({ [ec2('route-table/out')]: hole }).value).toBe('internal')
  })

  test('the longest prefix decides', () => {
    const exposure = routed(['0.0.0.0/0', 'nat-gateway'], ['203.0.113.0/24', 'internet-gateway', GATEWAY])
    expect(exposure.value).toBe('internet_restricted')
    expect(exposure.routes[0]?.from).toBe('203.0.113.0/24')
    const halves = routed(
      ['0.0.0.0/0', 'internet-gateway', GATEWAY],
      ['0.0.0.0/1', 'nat-gateway'],
      ['128.0.0.0/1', 'nat-gateway'],
    )
    expect(halves.value).toBe('internal')
  })

  test("without a table of the subnet's own the VPC's main one counts, if all tables are known", () => {
    const main = table([], route('0.0.0.0/0', 'internet-gateway', GATEWAY))
    const changes = { [ec2('route-table/out')]: undefined, [ec2('route-table/nat')]: main }
    expect(web(changes).value).toBe('internet_sensitive')
    expect(web(changes, ['AWS::EC2::RouteTable'])).toMatchObject({
      value: undefined,
      missing: ['route table of public'],
    })
  })

  test('a gateway must be attached to this VPC; one that is not known leaves it open', () => {
    const gateway = (vpcs: string[]) => ({ [ec2(GATEWAY)]: { type: 'AWS::EC2::InternetGateway' as const, vpcs } })
    expect(web(gateway([])).value).toBe('internal')
    expect(web(gateway([ec2('vpc/other')])).value).toBe('internal')
    expect(web({ [ec2(GATEWAY)]: undefined }).value).toBe('internal')
    expect(web({ [ec2(GATEWAY)]: undefined }, ['AWS::EC2::InternetGateway']).value).toBeUndefined()
  })

  test('an endpoint that inspects makes it possible, and without a gateway it is closed', () => {
    const exposure = routed(['0.0.0.0/0', 'vpc-endpoint', 'vpc-endpoint/fw'])
    expect(exposure).toMatchObject({ value: 'internet_sensitive', certainty: 'possible' })
    expect(exposure.routes[0]?.hops.map(({ text }) => text)).toContain(
      'route table out sends 0.0.0.0/0 to vpc endpoint fw, which may inspect and drop it',
    )
    const inspected = table(['public'], route('0.0.0.0/0', 'vpc-endpoint', 'vpc-endpoint/fw'))
    const changes = { [ec2('route-table/out')]: inspected, [ec2(GATEWAY)]: undefined }
    expect(web(changes).value).toBe('internal')
  })

  test('a gateway endpoint of a service takes nothing away', () => {
    const list = ec2('prefix-list/s3')
    const open = ['0.0.0.0/0', 'internet-gateway', GATEWAY] as const
    expect(routed([...open], [list, 'vpc-endpoint', 'vpc-endpoint/s3'])).toMatchObject({
      value: 'internet_sensitive',
      certainty: 'certain',
    })
  })

  test('a route by a prefix list counts by its entries, and is not known without them', () => {
    const list = ec2('prefix-list/offices')
    const tables = { [ec2('route-table/out')]: table(['public'], route(list, 'internet-gateway', GATEWAY)) }
    const offices = { type: 'AWS::EC2::PrefixList' as const, managedBy: 'customer' as const, cidrs: ['203.0.113.0/24'] }
    expect(web({ ...tables, [list]: offices }).value).toBe('internet_restricted')
    expect(web(tables)).toMatchObject({ value: undefined, missing: ['entries of prefix list offices'] })
  })

  test('a transit gateway makes it reachable from other networks, possibly', () => {
    const exposure = routed(['0.0.0.0/0', 'transit-gateway', 'transit-gateway/tgw'])
    expect(exposure).toMatchObject({ value: 'cross_boundary', certainty: 'possible' })
    expect(exposure.routes[0]?.hops[0]?.text).toContain('security group web allows')
    expect(exposure.routes[0]?.hops[1]?.text).toContain('whose far side is not looked at')
  })

  test('a peering counts while it is active and the other side leads back', () => {
    const peering = (status: string) => ({
      [ec2('vpc-peering-connection/pcx')]: {
        type: 'AWS::EC2::VPCPeeringConnection' as const,
        requester: ec2('vpc/main'),
        accepter: ec2('vpc/other'),
        status,
      },
    })
    const out = {
      [ec2('route-table/out')]: table(['public'], route('10.1.0.0/16', 'peering', 'vpc-peering-connection/pcx')),
    }
    expect(web({ ...out, ...peering('active') }).value).toBe('cross_boundary')
    expect(web({ ...out, ...peering('deleted') }).value).toBe('internal')
    const far = { ...table([]), vpc: ec2('vpc/other') }
    expect(web({ ...out, ...peering('active'), [ec2('route-table/far')]: far }).value).toBe('internal')
  })
})

describe('VPC block public access', () => {
  const blocked = (
    mode: 'block-ingress' | 'block-bidirectional',
    ...exclusions: [string, 'allow-bidirectional' | 'allow-egress'][]
  ) =>
    web({
      [SETTINGS]: {
        type: 'AWS::Account::RegionSettings',
        vpcBlockPublicAccess: {
          mode,
          exclusions: exclusions.map(([name, how]) => ({ resource: ec2(name), mode: how })),
        },
      },
    })

  test('it closes in both modes', () => {
    expect(blocked('block-ingress').value).toBe('internal')
    expect(texts(blocked('block-bidirectional'))).toContain(
      'VPC block public access of 111122223333 in eu-west-1 is block-bidirectional',
    )
  })

  test('an exclusion for both directions of the subnet or the VPC opens it, one for egress does not', () => {
    expect(blocked('block-ingress', ['subnet/public', 'allow-bidirectional']).value).toBe('internet_sensitive')
    expect(blocked('block-bidirectional', ['vpc/main', 'allow-bidirectional']).value).toBe('internet_sensitive')
    expect(blocked('block-bidirectional', ['vpc/main', 'allow-egress']).value).toBe('internal')
    expect(blocked('block-ingress', ['subnet/private', 'allow-bidirectional']).value).toBe('internal')
  })

  test('not collected is not known', () => {
    expect(web({ [SETTINGS]: undefined })).toMatchObject({
      value: undefined,
      missing: ['VPC block public access of 111122223333 in eu-west-1'],
    })
  })
})

describe('network ACLs', () => {
  const listed = (...entries: Parameters<typeof acl>) => web({ [ec2('network-acl/acl')]: acl(...entries) })
  const out = OPEN.filter(({ direction }) => direction === 'out')

  test('the lowest number that matches decides, whatever the order of the list', () => {
    const allow = entry(200, 'in', 'allow', '0.0.0.0/0')
    expect(listed(...out, allow, entry(100, 'in', 'deny', '0.0.0.0/0', [22, 22])).value).toBe('internal')
    expect(listed(...out, allow, entry(300, 'in', 'deny', '0.0.0.0/0')).value).toBe('internet_sensitive')
    expect(listed(...out).value).toBe('internal')
  })

  test('a half denied leaves the other', () => {
    const exposure = listed(entry(90, 'in', 'deny', '0.0.0.0/1'), ...OPEN)
    expect(exposure.value).toBe('internet_sensitive')
    expect(exposure.routes[0]?.hops.map(({ text }) => text)).toContain(
      'security group web allows tcp 22 from 0.0.0.0/0',
    )
  })

  test('replies must get out to a port of 1024-65535; on some only is odd', () => {
    const allowed = OPEN.filter(({ direction }) => direction === 'in')
    expect(texts(listed(...allowed))).toContain('network ACL acl lets no reply out')
    expect(listed(...allowed, entry(100, 'out', 'allow', '0.0.0.0/0', [0, 1023])).value).toBe('internal')
    const odd = listed(...allowed, entry(100, 'out', 'allow', '0.0.0.0/0', [32_768, 60_999]))
    expect(odd.value).toBe('internet_sensitive')
    expect(odd.routes[0]?.hops.map(({ text }) => text)).toContain(
      'network ACL acl lets the replies out, on some ports only, which is odd',
    )
  })

  test('one that is not known leaves it open; an entry that makes no sense too', () => {
    expect(web({ [ec2('network-acl/acl')]: undefined })).toMatchObject({
      value: undefined,
      missing: ['network ACL of public'],
    })
    expect(listed(entry(90, 'in', 'deny', 'nonsense'), ...OPEN).value).toBeUndefined()
    expect(listed(...OPEN, entry(190, 'in', 'deny', 'nonsense')).value).toBe('internet_sensitive')
  })
})

describe('security groups', () => {
  test.each([
    ['0.0.0.0/1 twice is a half, which is the internet', ['0.0.0.0/1', '0.0.0.0/1'], 'internet'],
    ['two halves are all', ['0.0.0.0/1', '128.0.0.0/1'], 'internet'],
    ['a /8 is a list of somebodies', ['54.0.0.0/8'], 'internet_restricted'],
    ['host bits are masked', ['203.0.113.77/24'], 'internet_restricted'],
    ['a v4-mapped block is the v4 one', ['::ffff:203.0.113.0/120'], 'internet_restricted'],
    ['the VPC alone is internal', ['10.0.0.0/16'], 'internal'],
    ['networks that are nowhere near let nobody in', ['192.168.0.0/16'], 'none'],
    ['nothing is nothing', [], 'none'],
    ['a CIDR that does not parse is not known', ['10.0.0.0/99'], undefined],
  ])('%s', (_, cidrs, value) => expect(ingress(rule('tcp', 443, ...cidrs)).value).toBe(value))

  test('a CIDR that does not parse takes nothing from those that do', () => {
    expect(ingress(rule('tcp', 443, '0.0.0.0/0', 'nonsense'))).toMatchObject({
      value: 'internet',
      certainty: 'certain',
    })
  })

  test.each([
    ['tcp', 22, 'internet_sensitive'],
    ['tcp', 443, 'internet'],
    ['tcp', undefined, 'internet_sensitive'],
    ['-1', undefined, 'internet_sensitive'],
    ['udp', 53, 'internet'],
    ['icmp', undefined, 'internet'],
    ['47', undefined, 'internet'],
  ])('%s %s open to all is %s', (protocol, port, value) =>
    expect(ingress(rule(protocol, port, '0.0.0.0/0')).value).toBe(value),
  )

  test('a rule that names a group lets in its members, never the internet', () => {
    const named = { ...rule('tcp', 5432), groups: [ec2('security-group/app')] }
    const exposure = ingress(named)
    expect(exposure).toMatchObject({ value: 'internal', certainty: 'certain' })
    expect(exposure.routes[0]).toMatchObject({ from: 'members of app', ports: ['5432'] })
  })

  test('groups that name each other end', () => {
    const to = (name: string) => group({ ...rule('-1', undefined), groups: [ec2(`security-group/${name}`)] })
    expect(web({ [ec2('security-group/web')]: to('app'), [ec2('security-group/app')]: to('web') }).value).toBe(
      'internal',
    )
  })

  test('the members of a group are never asked for, however many there are', () => {
    const documents = Object.entries(BASE).flatMap(([uid, document]) => (document ? [{ uid, document }] : []))
    const whole = sampleGraph(documents)
    const asked: string[] = []
    const graph: ContextGraph = {
      ...whole,
      referring: (tenant, uid, relation, type) => {
        asked.push(relation)
        return whole.referring(tenant, uid, relation, type)
      },
    }
    const asset = graph.asset(SAMPLE_TENANT, ec2('instance/web-1'), 'AWS::EC2::Instance')
    expect(asset && instanceExposure(graph, SAMPLE_TENANT, asset).value).toBe('internet_sensitive')
    expect(asked).toContain('subnets')
    expect(asked).not.toContain('groups')
  })

  test('a prefix list counts by its entries; without them it is not known', () => {
    const list = ec2('prefix-list/offices')
    const by = { [ec2('security-group/web')]: group({ ...rule('tcp', 443), prefixLists: [list] }) }
    expect(web({ ...by, [list]: { type: 'AWS::EC2::PrefixList', cidrs: ['203.0.113.0/24'] } }).value).toBe(
      'internet_restricted',
    )
    expect(web({ ...by, [list]: { type: 'AWS::EC2::PrefixList', cidrs: [] } }).value).toBe('none')
    expect(web(by)).toMatchObject({ value: undefined, missing: ['entries of prefix list offices'] })
  })

  test("CloudFront's list is restricted, also where its entries are not known", () => {
    const list = ec2('prefix-list/cf')
    const name = 'com.amazonaws.global.cloudfront.origin-facing'
    const by = { [ec2('security-group/web')]: group({ ...rule('tcp', 443), prefixLists: [list] }) }
    const exposure = web({ ...by, [list]: { type: 'AWS::EC2::PrefixList', managedBy: 'aws', name } })
    expect(exposure).toMatchObject({ value: 'internet_restricted', certainty: 'possible' })
  })

  test('the union of all groups counts; one that is not known leaves it open', () => {
    const two = { [ec2('network-interface/web-1')]: nic({ open: '54.0.0.1', groups: ['web', 'more'] }) }
    const closed = { ...two, [ec2('security-group/web')]: group() }
    expect(web(two).value).toBe('internet_sensitive')
    expect(web(closed)).toMatchObject({ value: undefined, missing: ['rules of security group more'] })
    expect(web({ ...closed, [ec2('security-group/more')]: group(rule('tcp', 443, '0.0.0.0/0')) }).value).toBe(
      'internet',
    )
  })

  test('an empty list of groups is closed, an absent one is not known', () => {
    const empty = nic({ open: '54.0.0.1', groups: [] })
    expect(web({ [ec2('network-interface/web-1')]: empty }).value).toBe('none')
    const { groups: _, ...unread } = empty
    expect(web({ [ec2('network-interface/web-1')]: unread }).value).toBeUndefined()
  })

  test('many somebodies on many ports are the internet together', () => {
    expect(ingress(rule('tcp', 80, '54.0.0.0/8'), rule('tcp', 443, '55.0.0.0/8')).value).toBe('internet')
  })
})

describe('what is not known', () => {
  test('nothing is proved closed while target groups are not covered', () => {
    const exposure = evaluate(instanceExposure, 'AWS::EC2::Instance', ec2('instance/batch-1'), {}, [
      'AWS::ElasticLoadBalancingV2::TargetGroup',
    ])
    expect(exposure).toMatchObject({ value: undefined, missing: ['target groups of 111122223333 in eu-west-1'] })
  })

  test('what is reached stays reached', () => {
    expect(web({}, ['AWS::ElasticLoadBalancingV2::TargetGroup'])).toMatchObject({
      value: 'internet_sensitive',
      certainty: 'certain',
    })
  })

  test('any document and any property may be missing: no answer but a true one or none', () => {
    const whole = web().value
    for (const [uid, document] of Object.entries(BASE))
      for (const property of ['', ...Object.keys(document ?? {})]) {
        if (property === 'type' || uid === ec2('instance/web-1')) continue
        const left = Object.fromEntries(Object.entries(document ?? {}).filter(([key]) => key !== property))
        const { value } = web(
          { [uid]: property === '' ? undefined : (left as unknown as NonNullable<typeof document>) },
          ['AWS::EC2::InternetGateway', 'AWS::EC2::RouteTable'],
        )
        expect([whole, undefined], `${uid} ${property}`).toContain(value)
      }
  })

  test("a network load balancer's own interface is not known: its listeners decide", () => {
    const uid = ec2('network-interface/nlb')
    const own = { ...nic({ open: '54.0.0.9', groups: [], instance: null }), interfaceType: 'network_load_balancer' }
    const exposure = evaluate(interfaceExposure, 'AWS::EC2::NetworkInterface', uid, { [uid]: own })
    expect(exposure).toMatchObject({ value: undefined, missing: ['load balancer of nlb'] })
  })

  test('an interface by itself is judged as its instance is', () => {
    const exposure = evaluate(interfaceExposure, 'AWS::EC2::NetworkInterface', ec2('network-interface/web-1'))
    expect(exposure).toMatchObject({ value: 'internet_sensitive', certainty: 'certain' })
  })
})
