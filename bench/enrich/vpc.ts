import type { AssetDocument } from '../../schemas/generated/asset-document.ts'

export const REGION = 'eu-west-1'
const INSTANCES = 80
const GROUPS = 20
const BUCKETS = 9

type Asset = [uid: string, document: AssetDocument]

/** One VPC of an account, numbered among all, with the 200 assets that lie in it, guard it or are beside it. */
export class Vpc {
  readonly account: string
  readonly #number: number
  readonly #uid: string
  readonly #subnets: readonly string[]
  readonly #groups: readonly string[]

  constructor(account: string, number: number) {
    this.account = account
    this.#number = number
    this.#uid = this.#arn('vpc', 'vpc', 0)
    this.#subnets = [0, 1, 2, 3].map((each) => this.#arn('subnet', 'subnet', each))
    this.#groups = Array.from({ length: GROUPS }, (_, each) => this.#arn('security-group', 'sg', each))
  }

  assets(): Asset[] {
    const machines = Array.from({ length: INSTANCES }, (_, number) => this.#machine(number)).flat()
    return [...this.#network(), ...this.#guards(), ...this.#balancer(), ...machines, ...this.#buckets()]
  }

  #arn(kind: string, prefix: string, number: number): string {
    return `arn:aws:ec2:${REGION}:${this.account}:${kind}/${prefix}-${this.#id(number)}`
  }

  #id(number: number): string {
    return (this.#number * 1000 + number).toString(16).padStart(17, '0')
  }

  #network(): Asset[] {
    const gateway = this.#arn('internet-gateway', 'igw', 0)
    const routes = [
      { to: '10.0.0.0/16', via: 'local' as const, state: 'active' as const },
      { to: '0.0.0.0/0', via: 'internet-gateway' as const, target: gateway, state: 'active' as const },
    ]
    const [vpc, subnets] = [this.#uid, this.#subnets.slice(0, 2)]
    return [
      [vpc, { type: 'AWS::EC2::VPC', cidrs: ['10.0.0.0/16'], cidrs6: [], default: false }],
      [gateway, { type: 'AWS::EC2::InternetGateway', vpcs: [vpc] }],
      [this.#arn('route-table', 'rtb', 0), { type: 'AWS::EC2::RouteTable', vpc, main: true, subnets, routes }],
      ...this.#subnets.map((uid, number): Asset => {
        return [uid, { type: 'AWS::EC2::Subnet', vpc, cidr: `10.0.${number}.0/24`, cidrs6: [] }]
      }),
    ]
  }

  #guards(): Asset[] {
    const entry = (direction: 'in' | 'out') =>
      ({ number: 100, direction, action: 'allow', protocol: '-1', cidr: '0.0.0.0/0' }) as const
    const [vpc, subnets] = [this.#uid, [...this.#subnets]]
    const entries = [entry('in'), entry('out')]
    const rule = { protocol: 'tcp', groups: [], prefixLists: [] }
    return [
      [this.#arn('network-acl', 'acl', 0), { type: 'AWS::EC2::NetworkAcl', vpc, default: true, subnets, entries }],
      ...this.#groups.map((uid, number): Asset => {
        const cidrs = number % 4 === 0 ? ['0.0.0.0/0'] : ['10.0.0.0/8']
        const ingress = [{ ...rule, ports: [443, 443] as [number, number], cidrs }]
        return [uid, { type: 'AWS::EC2::SecurityGroup', vpc, name: `group-${number}`, egress: [], ingress }]
      }),
    ]
  }

  #balancer(): Asset[] {
    const elb = (kind: string): string =>
      `arn:aws:elasticloadbalancing:${REGION}:${this.account}:${kind}/app/web/${this.#id(0)}`
    const [balancer, group] = [elb('loadbalancer'), elb('targetgroup')]
    const place = { vpc: this.#uid, subnets: [...this.#subnets], groups: [this.#groups[0]!] }
    const targets = [0, 1, 2].map((each) => ({ id: this.#arn('instance', 'i', each), port: 443, health: 'healthy' }))
    const kinds = { kind: 'application', scheme: 'internet-facing' } as const
    const actions = [{ kind: 'forward', targetGroups: [group] }]
    const [listens, sends] = [
      { protocol: 'HTTPS', port: 443 },
      { protocol: 'HTTP', port: 443 },
    ]
    return [
      [balancer, { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', ...kinds, ...place }],
      [elb('listener'), { type: 'AWS::ElasticLoadBalancingV2::Listener', loadBalancer: balancer, ...listens, actions }],
      [
        group,
        { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', kind: 'instance', ...sends, vpc: this.#uid, targets },
      ],
    ]
  }

  /** An instance and its interface; every other one has a public address. */
  #machine(number: number): Asset[] {
    const [uid, nic] = [this.#arn('instance', 'i', number), this.#arn('network-interface', 'eni', number)]
    const groups = [this.#groups[number % GROUPS]!, this.#groups[(number * 7 + 1) % GROUPS]!]
    const place = { vpc: this.#uid, subnet: this.#subnets[number % 4]!, groups }
    const outside = number % 2 === 0 ? { public: `198.51.100.${number}` } : {}
    const addresses = [{ private: `10.0.${number % 4}.${10 + number}`, ...outside }]
    const tags = [{ name: 'Name', value: `machine-${number}` }]
    return [
      [uid, { type: 'AWS::EC2::Instance', state: 'running', ...place, interfaces: [nic], instanceProfile: null, tags }],
      [nic, { type: 'AWS::EC2::NetworkInterface', ...place, instance: uid, addresses, ipv6: [], status: 'in-use' }],
    ]
  }

  #buckets(): Asset[] {
    const closed = { policy: null, acl: [], ownership: 'BucketOwnerEnforced', publicAccessBlock: null } as const
    return Array.from({ length: BUCKETS }, (_, number): Asset => {
      return [`arn:aws:s3:::bucket-${this.#number}-${number}`, { type: 'AWS::S3::Bucket', ...closed, acl: [] }]
    })
  }
}
