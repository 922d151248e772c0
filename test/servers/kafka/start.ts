/**
 * Starts real Kafka brokers to work with by hand: `node test/servers/kafka/start.ts [1|3] [plain|sasl-ssl]`.
 * Ctrl-C ends them and removes their data.
 */
import { once } from 'node:events'
import { KafkaCluster } from './cluster.ts'

const [brokers = '1', security = 'plain'] = process.argv.slice(2)
if ((brokers !== '1' && brokers !== '3') || (security !== 'plain' && security !== 'sasl-ssl')) {
  console.error('Usage: node test/servers/kafka/start.ts [1|3] [plain|sasl-ssl]')
  process.exitCode = 2
} else {
  const cluster = await KafkaCluster.start({ brokers: brokers === '1' ? 1 : 3, security })
  console.log(`KAFKA_BROKERS=${cluster.brokers.join(',')}`)
  if (security === 'sasl-ssl') console.log(cluster.security)
  console.log(`Data and logs: ${cluster.directory}`)
  const staying = setInterval(() => {}, 60_000)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  clearInterval(staying)
  await cluster.stop()
}
