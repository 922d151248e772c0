/**
 * Protocols and ports on one axis: protocol * 65536 + port. A protocol without ports takes its whole stretch, so that a
 * rule for it matches whatever port is asked for; a rule for all protocols takes the whole axis. ICMP types are no ports.
 */
export type ServiceRange = readonly [first: number, last: number]

const SPAN = 65_536
export const TCP = 6
export const UDP = 17
export const ALL_SERVICES: ServiceRange = [0, 256 * SPAN - 1]

const NUMBERS: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: 1, icmpv6: 58 }
const NAMES: Readonly<Record<number, string>> = { [TCP]: 'tcp', [UDP]: 'udp', 1: 'icmp', 58: 'icmpv6' }

/**
 * The services of a rule, its protocol as EC2 writes it (a name, a number, -1 for all). Undefined where they make no
 * sense: then it is not known what the rule is for.
 */
export function servicesOf(protocol: unknown, ports?: readonly [number, number]): ServiceRange | undefined {
  if (protocol === '-1') return ALL_SERVICES
  if (typeof protocol !== 'string') return undefined
  const number = NUMBERS[protocol.toLowerCase()] ?? (/^\d{1,3}$/.test(protocol) ? Number(protocol) : 256)
  if (number > 255) return undefined
  if ((number !== TCP && number !== UDP) || ports === undefined) return portsOf(number, 0, SPAN - 1)
  const [first, last] = ports
  if (first === -1 && last === -1) return portsOf(number, 0, SPAN - 1)
  if (!isPort(first) || !isPort(last) || first > last) return undefined
  return portsOf(number, first, last)
}

export function portsOf(protocol: number, first: number, last: number): ServiceRange {
  return [protocol * SPAN + first, protocol * SPAN + last]
}

/** Whether EC2 could mean it. */
export function isPort(port: unknown): port is number {
  return Number.isInteger(port) && Number(port) >= 0 && Number(port) < SPAN
}

/** A stretch of the axis by protocol: one part per protocol it touches, at most `limit`; all protocols are one. */
export function describeServices([first, last]: ServiceRange, limit: number): readonly Described[] {
  if (first === ALL_SERVICES[0] && last === ALL_SERVICES[1]) return [{ protocol: 'all', ports: 'all' }]
  const described: Described[] = []
  for (let protocol = Math.floor(first / SPAN); protocol * SPAN <= last && described.length < limit; protocol++) {
    const from = Math.max(first, protocol * SPAN) - protocol * SPAN
    const to = Math.min(last, protocol * SPAN + SPAN - 1) - protocol * SPAN
    const isAll = from === 0 && to === SPAN - 1
    described.push({
      protocol: NAMES[protocol] ?? String(protocol),
      ports: isAll ? 'all' : from === to ? String(from) : `${from}-${to}`,
    })
  }
  return described
}

interface Described {
  /** `tcp`, `47`, `all`. */
  readonly protocol: string
  /** `22`, `8000-8080`, `all`. */
  readonly ports: string
}

/**
 * The ports by which machines are administered and data is read: open to the internet, they are worse than a website.
 * Names as in the IANA registry where it has one.
 */
const SENSITIVE_TCP = [
  21, // ftp
  22, // ssh
  23, // telnet
  111, // sunrpc
  135, // epmap
  139, // netbios-ssn
  389, // ldap
  445, // microsoft-ds
  512, // exec
  513, // login
  514, // shell
  636, // ldaps
  873, // rsync
  1433, // ms-sql-s
  1434, // ms-sql-m
  1521, // Oracle
  2049, // nfs
  2181, // ZooKeeper
  2375, // docker
  2376, // docker-s
  2379, // etcd-client
  2380, // etcd-server
  2483, // Oracle
  2484, // Oracle over TLS
  3268, // msft-gc
  3306, // mysql
  3389, // ms-wbt-server
  4333, // msql
  5432, // postgresql
  5439, // Redshift
  5500, // vnc
  5601, // Kibana
  5672, // amqp
  5900, // vnc
  5901, // vnc
  5984, // couchdb
  5985, // wsman
  5986, // wsmans
  6379, // Redis
  6443, // Kubernetes API
  7000, // Cassandra
  7199, // Cassandra JMX
  7473, // Neo4j over TLS
  7474, // Neo4j
  7687, // Neo4j Bolt
  8500, // Consul
  8888, // Jupyter
  9042, // Cassandra
  9092, // Kafka
  9160, // Cassandra
  9200, // Elasticsearch
  9300, // Elasticsearch
  10250, // kubelet
  10255, // kubelet, read only
  11211, // memcache
  15672, // RabbitMQ
  26257, // CockroachDB
  27017, // MongoDB
  27018, // MongoDB
  27019, // MongoDB
  50000, // db2c-db2
  50070, // HDFS
]
const SENSITIVE_UDP = [
  69, // tftp
  111, // sunrpc
  137, // netbios-ns
  161, // snmp
  389, // ldap
  623, // IPMI
  1434, // ms-sql-m
  2049, // nfs
  3389, // ms-wbt-server
  11211, // memcache
]
const SENSITIVE = [...SENSITIVE_TCP.map((port) => TCP * SPAN + port), ...SENSITIVE_UDP.map((port) => UDP * SPAN + port)]

/** Whether a port to administer by, or of a database, is among them. */
export function isSensitive([first, last]: ServiceRange): boolean {
  return SENSITIVE.some((service) => first <= service && service <= last)
}
