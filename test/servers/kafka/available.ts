import { javaVersion } from '../java.ts'
import { kafkaJars } from './jars.ts'

const OLDEST_JAVA = 17

/** What Kafka the tests can have: that of KAFKA_BROKERS, one started here, or none, and why. */
export type KafkaAvailability =
  | { readonly from: 'environment'; readonly brokers: readonly string[] }
  | { readonly from: 'here' }
  | { readonly from: 'nowhere'; readonly why: string }

/** Looks for KAFKA_BROKERS, then for what starting a broker takes. Throws where KAFKA_REQUIRED forbids to have none. */
export function kafkaAvailability(environment: NodeJS.ProcessEnv = process.env): KafkaAvailability {
  const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',').flatMap((address) => address.trim() || [])
  if (brokers.length > 0) return { from: 'environment', brokers }
  const missing = [...withoutJava(environment), ...kafkaJars.missing(environment)]
  if (missing.length === 0) return { from: 'here' }
  const why = `no Kafka: ${missing.join('; ')}; or set KAFKA_BROKERS to a cluster for tests`
  if ((environment['KAFKA_REQUIRED'] ?? '') !== '') throw new Error(why)
  return { from: 'nowhere', why }
}

/** The sentence for tests that start brokers of their own, to kill them or for their settings; undefined: they can run. */
export function whyNoOwnBrokers(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const availability = kafkaAvailability(environment)
  if (availability.from === 'environment')
    return 'starts brokers of its own, which is not done while KAFKA_BROKERS names a cluster'
  return availability.from === 'nowhere' ? availability.why : undefined
}

function withoutJava(env: NodeJS.ProcessEnv): string[] {
  const java = javaVersion('java', env)
  if (java !== undefined && java.major >= OLDEST_JAVA) return []
  const found = java === undefined ? 'no java in PATH' : `java in PATH says: ${java.said}`
  return [`install Java ${OLDEST_JAVA} or newer (${found})`]
}
