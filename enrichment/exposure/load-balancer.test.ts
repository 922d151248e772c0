import { describe, expect, test } from 'vitest'
import type { AssetType, DocumentOf } from '../context-graph.ts'
import { instanceExposure } from './instance.ts'
import { interfaceExposure } from './interface.ts'
import { balancedFunctionExposure, classicLoadBalancerExposure, loadBalancerExposure } from './load-balancer.ts'
import { acl, ec2, elb, entry, evaluate, group, OPEN, route, rule, SETTINGS, table } from './sample-world.ts'
import type { Documents } from './sample-world.ts'

type LoadBalancer = DocumentOf<'AWS::ElasticLoadBalancingV2::LoadBalancer'>
type TargetGroup = DocumentOf<'AWS::ElasticLoadBalancingV2::TargetGroup'>
type Listener = DocumentOf<'AWS::ElasticLoadBalancingV2::Listener'>

const FRONT = elb('loadbalancer/app/front/1')
const LISTENER = elb('listener/app/front/1/2')
const TARGETS = elb('targetgroup/hosts/3')
const BATCH = ec2('instance/batch-1')
const forward = { kind: 'forward', targetGroups: [TARGETS] }

const front = (of: Partial<LoadBalancer> = {}): LoadBalancer => ({
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  kind: 'application',
  scheme: 'internet-facing',
  vpc: ec2('vpc/main'),
  subnets: [ec2('subnet/public')],
  groups: [ec2('security-group/front')],
  state: 'active',
  ...of,
})
const listener = (of: Partial<Listener> = {}): Listener => ({
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  loadBalancer: FRONT,
  protocol: 'HTTPS',
  port: 443,
  actions: [forward],
  ...of,
})
const targets = (of: Partial<TargetGroup> = {}): TargetGroup => ({
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  kind: 'instance',
  protocol: 'HTTP',
  port: 8080,
  vpc: ec2('vpc/main'),
  targets: [{ id: BATCH, health: 'healthy' }],
  ...of,
})
const fromFront = { ...rule('tcp', 8080), groups: [ec2('security-group/front')] }

/** batch-1, in the private subnet, behind an application load balancer. */
const WORLD: Documents = {
  [FRONT]: front(),
  [LISTENER]: listener(),
  [TARGETS]: targets(),
  [ec2('security-group/front')]: group(rule('tcp', 443, '0.0.0.0/0')),
  [ec2('security-group/web')]: group(fromFront),
}
const NETWORK: Documents = {
  [FRONT]: front({ kind: 'network', groups: [] }),
  [LISTENER]: listener({ protocol: 'TCP' }),
  [TARGETS]: targets({ protocol: 'TCP', preservesClientIp: true }),
}

const behind = (changes: Documents = {}, uncovered: readonly AssetType[] = []) =>
  evaluate(instanceExposure, 'AWS::EC2::Instance', BATCH, { ...WORLD, ...changes }, uncovered)
const balancer = (changes: Documents = {}) =>
  evaluate(loadBalancerExposure, 'AWS::ElasticLoadBalancingV2::LoadBalancer', FRONT, { ...WORLD, ...changes })
const admits = (...rules: Parameters<typeof group>) => ({ [ec2('security-group/web')]: group(...rules) })

describe('a load balancer', () => {
  test('internet-facing and open it is reached on its listeners', () => {
    const exposure = balancer()
    expect(exposure).toMatchObject({ value: 'internet', certainty: 'certain' })
    expect(exposure.routes[0]).toMatchObject({ from: 'internet', protocol: 'tcp', ports: ['443'] })
    expect(exposure.routes[0]?.hops.map(({ text }) => text)).toContain('load balancer front is internet-facing')
  })

  test('an internal one, and one in private subnets, is reached from inside', () => {
    expect(balancer({ [FRONT]: front({ scheme: 'internal' }) })).toMatchObject({
      value: 'internal',
      certainty: 'certain',
    })
    expect(balancer({ [FRONT]: front({ subnets: [ec2('subnet/private')] }) }).value).toBe('internal')
    const both = ['private', 'public'].map((name) => ec2(`subnet/${name}`))
    expect(balancer({ [FRONT]: front({ subnets: both }) }).value).toBe('internet')
  })

  test('its groups must allow the port of the listener', () => {
    const allowing = (...rules: Parameters<typeof group>) =>
      balancer({ [ec2('security-group/front')]: group(...rules) })
    expect(allowing(rule('tcp', 80, '0.0.0.0/0')).value).toBe('none')
    expect(allowing(rule('tcp', 443, '203.0.113.0/24')).value).toBe('internet_restricted')
    expect(balancer({ [ec2('security-group/front')]: undefined }).value).toBeUndefined()
  })

  test('a network one without groups is open, an application one without is not', () => {
    expect(balancer(NETWORK).value).toBe('internet')
    expect(balancer({ [FRONT]: front({ groups: [] }) }).value).toBe('none')
  })

  test('VPC block public access closes it', () => {
    const settings = { mode: 'block-ingress' as const, exclusions: [] }
    expect(
      balancer({ [SETTINGS]: { type: 'AWS::Account::RegionSettings', vpcBlockPublicAccess: settings } }).value,
    ).toBe('internal')
  })

  test('without a listener it is reached by nobody, and a gateway is by none', () => {
    expect(balancer({ [LISTENER]: undefined })).toMatchObject({ value: 'none', certainty: 'certain' })
    expect(balancer({ [FRONT]: front({ kind: 'gateway' }) }).value).toBe('none')
  })

  test('one that forwards only behind an authentication is reached by whoever signs in', () => {
    const signedIn = [{ kind: 'authenticate-oidc', targetGroups: [] }, forward]
    expect(balancer({ [LISTENER]: listener({ actions: signedIn }) }).value).toBe('internet_restricted')
    const redirects = listener({ port: 80, actions: [{ kind: 'redirect', targetGroups: [] }] })
    expect(
      balancer({ [LISTENER]: redirects, [ec2('security-group/front')]: group(rule('tcp', 80, '0.0.0.0/0')) }).value,
    ).toBe('internet')
  })

  test('of IPv6 it is not known whether it has addresses', () => {
    const sixOnly = { [ec2('security-group/front')]: group(rule('tcp', 443, '::/0')) }
    expect(balancer(sixOnly)).toMatchObject({ value: undefined, missing: ['address type of load balancer front'] })
  })

  test('one that listens on a port of a database is worse', () => {
    const changes = { ...NETWORK, [LISTENER]: listener({ protocol: 'TCP', port: 5432 }) }
    expect(balancer(changes).value).toBe('internet_sensitive')
  })
})

describe('a target', () => {
  test('is reached through an application load balancer by the reference to its group', () => {
    const exposure = behind()
    expect(exposure).toMatchObject({ value: 'internet', certainty: 'certain', missing: [] })
    expect(exposure.routes[0]).toMatchObject({ from: 'internet', ports: ['8080'] })
    expect(exposure.routes[0]?.hops.slice(-3).map(({ text }) => text)).toEqual([
      'load balancer front listens on port 443',
      'target group hosts sends to port 8080 of batch-1',
      'batch-1 lets in what load balancer front sends',
    ])
  })

  test('or by the addresses of its subnet; a part of them is possible, others are not', () => {
    expect(behind(admits(rule('tcp', 8080, '10.0.1.0/24')))).toMatchObject({ value: 'internet', certainty: 'certain' })
    expect(behind(admits(rule('tcp', 8080, '10.0.1.0/28')))).toMatchObject({ value: 'internet', certainty: 'possible' })
    expect(behind(admits(rule('tcp', 8080, '10.0.2.0/24'))).value).toBe('internal')
    expect(behind(admits(rule('tcp', 80, '0.0.0.0/0'))).value).toBe('internal')
  })

  test('is not reached where the ACL of its subnet keeps the load balancer out', () => {
    const exposure = behind({ [ec2('network-acl/acl')]: { ...acl(entry(90, 'in', 'deny', '10.0.1.0/24'), ...OPEN) } })
    expect(exposure.value).toBe('internal')
    expect(exposure.closedBy.map(({ text }) => text)).toContain(
      'batch-1 is a target, but the network ACL of its subnet allows nothing from load balancer front',
    )
  })

  test('only as widely as the load balancer is', () => {
    expect(behind({ [ec2('security-group/front')]: group(rule('tcp', 443, '203.0.113.0/24')) }).value).toBe(
      'internet_restricted',
    )
    expect(behind({ [FRONT]: front({ scheme: 'internal' }) }).value).toBe('internal')
  })

  test.each(['authenticate-oidc', 'authenticate-cognito', 'jwt-validation'])('behind %s it is restricted', (kind) => {
    const signedIn = [{ kind, targetGroups: [] }, forward]
    expect(behind({ [LISTENER]: listener({ actions: signedIn }) }).value).toBe('internet_restricted')
    expect(behind({ [LISTENER]: listener({ actions: [...signedIn, forward] }) }).value).toBe('internet')
  })

  test.each(['redirect', 'fixed-response'])('a listener that answers by a %s does not reach it', (kind) => {
    expect(behind({ [LISTENER]: listener({ actions: [{ kind, targetGroups: [] }] }) }).value).toBe('internal')
  })

  test('that is not healthy is reached possibly', () => {
    const exposure = behind({ [TARGETS]: targets({ targets: [{ id: BATCH, health: 'unhealthy' }] }) })
    expect(exposure).toMatchObject({ value: 'internet', certainty: 'possible' })
    expect(exposure.routes[0]?.hops.at(-2)?.text).toBe(
      'target group hosts sends to port 8080 of batch-1, where it is unhealthy',
    )
  })

  test('has a port of its own', () => {
    const changes = {
      ...admits(rule('tcp', 22, '10.0.1.0/24')),
      [TARGETS]: targets({ targets: [{ id: BATCH, port: 22, health: 'healthy' }] }),
    }
    expect(behind(changes).value).toBe('internet_sensitive')
  })

  test('by address is reached as one by instance', () => {
    const byIp = { [TARGETS]: targets({ kind: 'ip', targets: [{ id: '10.0.2.10', health: 'healthy' }] }) }
    expect(behind(byIp)).toMatchObject({ value: 'internet', certainty: 'certain' })
    const nic = evaluate(interfaceExposure, 'AWS::EC2::NetworkInterface', ec2('network-interface/batch-1'), {
      ...WORLD,
      ...byIp,
    })
    expect(nic.value).toBe('internet')
    expect(behind({ [TARGETS]: targets({ kind: 'ip', targets: [{ id: '10.0.2.11' }] }) }).value).toBe('internal')
  })

  test('of which the listeners, the load balancer or the other targets are not known is not known', () => {
    expect(behind({ [LISTENER]: undefined }, ['AWS::ElasticLoadBalancingV2::Listener']).value).toBeUndefined()
    expect(behind({ [FRONT]: undefined }).value).toBeUndefined()
    const { targets: _, ...unread } = targets()
    expect(behind({ [TARGETS]: unread })).toMatchObject({
      value: undefined,
      missing: ['targets of target group hosts'],
    })
  })
})

describe("a network load balancer's target", () => {
  const through = (changes: Documents = {}) => behind({ ...NETWORK, ...changes })

  test('sees the client where its address is kept', () => {
    expect(through(admits(rule('tcp', 8080, '0.0.0.0/0')))).toMatchObject({ value: 'internet', certainty: 'certain' })
    expect(through(admits(rule('tcp', 8080, '203.0.113.0/24'))).value).toBe('internet_restricted')
    expect(through(admits(rule('tcp', 8080, '10.0.1.0/24'))).value).toBe('internal')
  })

  test('knows it by its group all the same', () => {
    const grouped = { [FRONT]: front({ kind: 'network' }) }
    expect(through({ ...grouped, ...admits(fromFront) }).value).toBe('internet')
  })

  test('sees the load balancer where it is not', () => {
    const replaced = { [TARGETS]: targets({ protocol: 'TCP', preservesClientIp: false }) }
    expect(through({ ...replaced, ...admits(rule('tcp', 8080, '10.0.1.0/24')) }).value).toBe('internet')
    expect(through({ ...replaced, ...admits(rule('tcp', 8080, '203.0.113.0/24')) }).value).toBe('none')
  })

  test('that does not say it is known only where both would do', () => {
    const unsaid = { [TARGETS]: targets({ protocol: 'TCP' }) }
    expect(through({ ...unsaid, ...admits(rule('tcp', 8080, '0.0.0.0/0')) }).value).toBe('internet')
    expect(through({ ...unsaid, ...admits(rule('tcp', 8080, '10.0.1.0/24')) }).value).toBeUndefined()
  })

  test('may be an application load balancer, and what is behind that is reached too', () => {
    const inner = elb('loadbalancer/app/inner/4')
    const chain: Documents = {
      ...NETWORK,
      [TARGETS]: targets({
        kind: 'alb',
        protocol: 'TCP',
        port: 443,
        targets: [{ id: inner, port: 443, health: 'healthy' }],
      }),
      [inner]: front({ scheme: 'internal', subnets: [ec2('subnet/private')] }),
      [elb('listener/app/inner/4/5')]: listener({
        loadBalancer: inner,
        actions: [{ kind: 'forward', targetGroups: [elb('targetgroup/inner/6')] }],
      }),
      [elb('targetgroup/inner/6')]: targets(),
    }
    expect(behind(chain)).toMatchObject({ value: 'internet', certainty: 'certain' })
    const alb = evaluate(loadBalancerExposure, 'AWS::ElasticLoadBalancingV2::LoadBalancer', inner, {
      ...WORLD,
      ...chain,
    })
    expect(alb.value).toBe('internet')
    const closed = { ...chain, [ec2('security-group/front')]: group(rule('tcp', 443, '10.0.0.0/16')) }
    expect(behind(closed).value).toBe('internal')
  })

  test('and a circle of load balancers ends', () => {
    const circle = {
      [TARGETS]: targets({ kind: 'alb', port: 443, targets: [{ id: FRONT, port: 443, health: 'healthy' }] }),
    }
    expect(balancer(circle).value).toBe('internet')
    expect(balancer({ ...circle, [FRONT]: front({ scheme: 'internal' }) }).value).toBe('internal')
  })
})

describe('a classic load balancer', () => {
  const CLASSIC = elb('loadbalancer/old')
  const old = (scheme: 'internet-facing' | 'internal'): DocumentOf<'AWS::ElasticLoadBalancing::LoadBalancer'> => ({
    type: 'AWS::ElasticLoadBalancing::LoadBalancer',
    scheme,
    vpc: ec2('vpc/main'),
    subnets: [ec2('subnet/public')],
    groups: [ec2('security-group/front')],
    listeners: [{ protocol: 'HTTP', port: 443, instancePort: 8080 }],
    instances: [BATCH],
  })
  const only = (scheme: 'internet-facing' | 'internal') => ({ [CLASSIC]: old(scheme), [TARGETS]: undefined })
  const itself = (scheme: 'internet-facing' | 'internal') =>
    evaluate(classicLoadBalancerExposure, 'AWS::ElasticLoadBalancing::LoadBalancer', CLASSIC, {
      ...WORLD,
      ...only(scheme),
    })

  test('is reached, and so are its instances', () => {
    expect(itself('internet-facing')).toMatchObject({ value: 'internet', certainty: 'certain' })
    expect(behind(only('internet-facing'))).toMatchObject({ value: 'internet', certainty: 'certain' })
  })

  test('an internal one is reached from inside', () => {
    expect(itself('internal').value).toBe('internal')
    expect(behind(only('internal')).value).toBe('internal')
  })
})

test('a function is reached through a load balancer that has it as a target', () => {
  const uid = 'arn:aws:lambda:eu-west-1:111122223333:function:answer'
  const lambda: Documents = {
    ...WORLD,
    [uid]: { type: 'AWS::Lambda::Function' },
    [TARGETS]: { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', kind: 'lambda', targets: [{ id: uid }] },
  }
  const through = (changes: Documents) =>
    evaluate(balancedFunctionExposure, 'AWS::Lambda::Function', uid, { ...lambda, ...changes })
  expect(through({})).toMatchObject({ value: 'internet', certainty: 'certain' })
  expect(through({ [FRONT]: front({ scheme: 'internal' }) }).value).toBe('none')
  const tables = { [ec2('route-table/out')]: table(['public'], route('0.0.0.0/0', 'nat-gateway')) }
  expect(through(tables).value).toBe('none')
})
