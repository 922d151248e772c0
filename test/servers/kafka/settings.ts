/** The ports of one node on 127.0.0.1. The last two belong to the security `sasl-ssl`. */
export interface NodePorts {
  readonly plain: number
  readonly controller: number
  readonly saslSsl?: number | undefined
  readonly mutualTls?: number | undefined
}

/** The address of a port, as clients want it. */
export function addressOf(port: number): string {
  return `127.0.0.1:${port}`
}

/** The lines of server.properties of node `id` (from 1) of a cluster with a node for each of `nodes`. */
export function serverProperties(id: number, nodes: readonly NodePorts[]): string[] {
  const { plain, controller, saslSsl, mutualTls } = nodes[id - 1]!
  const listeners = [
    `PLAINTEXT://${addressOf(plain)}`,
    ...(saslSsl === undefined ? [] : [`SASL_SSL://${addressOf(saslSsl)}`]),
    ...(mutualTls === undefined ? [] : [`SSL://${addressOf(mutualTls)}`]),
  ].join(',')
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${nodes.map((node, index) => `${index + 1}@${addressOf(node.controller)}`).join(',')}`,
    'controller.listener.names=CONTROLLER',
    `listeners=${listeners},CONTROLLER://${addressOf(controller)}`,
    `advertised.listeners=${listeners}`,
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT',
    ...(nodes.length === 1 ? alone : replicated),
    ...small,
  ]
}

const alone = [
  'offsets.topic.replication.factor=1',
  'transaction.state.log.replication.factor=1',
  'transaction.state.log.min.isr=1',
  'share.coordinator.state.topic.replication.factor=1',
  'share.coordinator.state.topic.min.isr=1',
]

const replicated = [
  'default.replication.factor=3',
  'min.insync.replicas=2',
  // A dead broker is missed after 6 s; the default is 9 s.
  'broker.session.timeout.ms=6000',
  'broker.heartbeat.interval.ms=1000',
]

/** Quick to start and to react, and little memory. */
const small = [
  'offsets.topic.num.partitions=5',
  'transaction.state.log.num.partitions=5',
  'share.coordinator.state.topic.num.partitions=5',
  'group.initial.rebalance.delay.ms=0',
  'group.min.session.timeout.ms=1000',
  'auto.create.topics.enable=false',
  'log.cleaner.dedupe.buffer.size=16777216',
]
