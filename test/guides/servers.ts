import { randomUUID } from 'node:crypto'
import { onTestFinished, type TestContext } from 'vitest'
import { HecServer } from '../servers/hec/hec-server.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'
import { longLived } from '../servers/security-hub/credentials.ts'
import { SecurityHubServer } from '../servers/security-hub/security-hub-server.ts'
import type { Config } from './places.ts'

type Section = Readonly<Record<string, unknown>>
/** Puts a server of the tests in place of one that a page names. */
type Replace = (config: Config) => Config

/** Whatever a variable of a page is set to. */
const TOKEN = 'something'
const ACCOUNT = '111122223333'

const SERVERS: Readonly<Record<string, (context: TestContext) => Promise<Replace>>> = {
  async kafka(context) {
    const brokers = await sharedBrokers(context)
    const stream = { type: 'kafka', brokers, prefix: `guide-${randomUUID().slice(0, 8)}` }
    const small = { partitions: 2, replication: 1, minInsyncReplicas: 1 }
    return (config) => {
      const isKafka = (config['stream'] as Section)['type'] === 'kafka'
      return isKafka ? { ...config, stream: { ...stream, ...small } } : config
    }
  },
  async opensearch(context) {
    const node = await sharedOpenSearch(context)
    const index = `guide-${randomUUID().slice(0, 8)}`
    return ofType('sinks', 'opensearch', ({ auth: _, tls: _tls, history, ...sink }) => ({
      ...sink,
      nodes: [node],
      index,
      ...(history === undefined ? {} : { history: { ...(history as Section), dataStream: `${index}-history` } }),
    }))
  },
  async splunk() {
    const hec = await HecServer.start({ tokens: [{ token: TOKEN }] })
    onTestFinished(() => hec.stop())
    return ofType('sinks', 'splunk', ({ tls: _, ...sink }) => ({ ...sink, endpoints: [hec.url] }))
  },
  async 'security-hub'() {
    const roles = [{ arn: 'arn:aws:iam::444455556666:role/posture-stream', externalId: TOKEN }]
    const accounts = [{ id: ACCOUNT }, { id: '444455556666' }]
    const hub = await SecurityHubServer.start({ accounts, roles, rateFactor: Infinity })
    onTestFinished(() => hub.stop())
    const here = { endpoint: hub.url, stsEndpoint: hub.url }
    const collectors = ofType('collectors', 'aws-security-hub', (collector) => ({ ...collector, ...here }))
    const sinks = ofType('sinks', 'security-hub', (sink) => ({ ...sink, ...here }))
    return (config) => without('aws-security-hub-events', sinks(collectors(config)))
  },
}

/** The credentials that the Security Hub of the tests knows. */
export function credentials(): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey } = longLived(ACCOUNT)
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'eu-west-1' }
}

/** Starts what a page is run with. Skips the test where that cannot be had here. */
export async function serversFor(names: readonly string[], context: TestContext): Promise<Replace> {
  const replaces: Replace[] = []
  for (const name of names) {
    const start = SERVERS[name]
    if (start === undefined) throw new Error(`No such server: ${name}; there are ${Object.keys(SERVERS).join(', ')}`)
    replaces.push(await start(context))
  }
  return (config) => replaces.reduce((changed, replace) => replace(changed), config)
}

function ofType(part: 'collectors' | 'sinks', type: string, change: (component: Section) => Section): Replace {
  return (config) => {
    const components = Object.entries((config[part] ?? {}) as Readonly<Record<string, Section>>)
    const changed = components.map(([name, each]) => [name, each['type'] === type ? change(each) : each])
    return { ...config, [part]: Object.fromEntries(changed) }
  }
}

/** Without the collectors of a type that has no server here. */
function without(type: string, config: Config): Config {
  const collectors = Object.entries(config['collectors'] as Readonly<Record<string, Section>>)
  return { ...config, collectors: Object.fromEntries(collectors.filter(([, each]) => each['type'] !== type)) }
}
