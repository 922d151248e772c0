import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { jarsDirectory } from './jars.ts'

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
  const missing = [...withoutJava(environment), ...withoutMaven(environment)]
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
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8', env })
  if (error !== undefined) return [`install Java ${OLDEST_JAVA} or newer (no java in PATH)`]
  const version = Number(/version "(\d+)/.exec(stderr)?.[1])
  return version >= OLDEST_JAVA
    ? []
    : [`install Java ${OLDEST_JAVA} or newer (java in PATH says: ${stderr.split('\n')[0]})`]
}

function withoutMaven({ PATH = '' }: NodeJS.ProcessEnv): string[] {
  const found = existsSync(jarsDirectory) || PATH.split(delimiter).some((folder) => existsSync(join(folder, 'mvn')))
  return found ? [] : ['install Maven (no mvn in PATH)']
}
