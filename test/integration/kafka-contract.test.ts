import { beforeEach } from 'vitest'
import { streamContract } from '../../stream/stream.contract.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

let brokers: readonly string[] = []
beforeEach(async (context) => {
  brokers = await sharedBrokers(context)
})

streamContract(
  'Kafka',
  async (topics, partitions) => (await ScratchKafka.create({ brokers, topics, partitions })).open(),
  { timeScale: 3 },
)
