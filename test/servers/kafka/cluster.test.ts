import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { whyNoOwnBrokers } from './available.ts'
import { KafkaCluster } from './cluster.ts'
import { consoleConsumer } from './console-consumer.ts'
import { keyStore, type Credentials } from './security.ts'
import type { ToolAccess } from './tool.ts'
import { consoleProducer, createTopic, listTopics } from './tools.ts'

const why = whyNoOwnBrokers()
let cluster: KafkaCluster

beforeAll(async () => {
  if (why === undefined) cluster = await KafkaCluster.start({ brokers: 1, security: 'sasl-ssl' })
}, 600_000)
afterAll(() => cluster?.stop())
beforeEach(({ skip }) => skip(why !== undefined, why))

test('what Kafka’s own producer writes its own consumer reads', async () => {
  const access = { brokers: cluster.brokers, topic: 'read-back' }
  await createTopic({ ...access, partitions: 2, config: { 'cleanup.policy': 'compact' } })
  const began = Date.now()
  await consoleProducer(access, [
    { key: 'a', value: '{"text":"ü"}', headers: { kind: 'finding', from: 'b' } },
    { key: 'a', value: null },
  ])
  const [first, second, ...more] = await consoleConsumer({ ...access, timeoutMs: 1500 })
  expect(first).toMatchObject({ offset: 0, key: 'a', value: '{"text":"ü"}', headers: { kind: 'finding', from: 'b' } })
  expect(first!.timestamp).toBeGreaterThanOrEqual(began)
  expect(second).toMatchObject({ partition: first!.partition, offset: 1, value: null, headers: {} })
  expect(more).toEqual([])
  const other = await consoleConsumer({ ...access, partition: 1 - first!.partition, timeoutMs: 1500 })
  expect(other).toEqual([])
})

test('a broker with settings that it does not understand says which', async () => {
  const starting = KafkaCluster.start({ brokers: 1, config: ['log.segment.bytes=many'] })
  await expect(starting).rejects.toThrow(/many for configuration log.segment.bytes/)
})

test('a topic that is not there is an error, not an empty topic', async () => {
  const reading = consoleConsumer({ brokers: cluster.brokers, topic: 'nowhere', timeoutMs: 1500 })
  await expect(reading).rejects.toThrow('nowhere')
})

test('a broker tells who leads a partition and who coordinates a group', async () => {
  await createTopic({ brokers: cluster.brokers, topic: 'led', partitions: 2 })
  expect(await cluster.partitions('led')).toEqual([0, 1].map((id) => ({ id, leader: 1, replicas: [1], inSync: [1] })))
  expect(await cluster.leaderOf('led', 1)).toBe(1)
  expect(await cluster.leaderOf('led', 2)).toBeUndefined()
  await expect.poll(() => cluster.coordinatorOf('group', 'any'), { timeout: 20_000 }).toBe(1)
})

describe('the guarded listeners', () => {
  test('let a user in by SCRAM, PLAIN and a token, and nobody with a wrong password', async () => {
    await createTopic({ brokers: cluster.brokers, topic: 'guarded', partitions: 1 })
    const { user, stranger } = cluster.security
    const seen = (mechanism: string, login: string) => listTopics(bySasl(mechanism, login))
    expect(await seen('SCRAM-SHA-512', scram(user))).toContain('guarded')
    expect(await seen('SCRAM-SHA-256', scram(stranger))).not.toContain('guarded')
    expect(await seen('PLAIN', plain(user))).toContain('guarded')
    expect(await seen('OAUTHBEARER', token)).toContain('guarded')
    const wrong = seen('SCRAM-SHA-512', scram({ ...user, password: 'wrong' }))
    await expect(wrong).rejects.toThrow('SaslAuthenticationException')
  })

  test('let in who shows a certificate of the authority, and nobody without', async () => {
    await createTopic({ brokers: cluster.brokers, topic: 'certified', partitions: 1 })
    const { ca, client, mutualTls } = cluster.security
    const trust = ['security.protocol=SSL', 'ssl.truststore.type=PEM', `ssl.truststore.location=${ca}`]
    const shown = ['ssl.keystore.type=PEM', `ssl.keystore.location=${keyStore(client)}`]
    expect(await listTopics(accessBy(mutualTls, 'mutual-tls', [...trust, ...shown]))).toContain('certified')
    await expect(listTopics(accessBy(mutualTls, 'no-certificate', trust))).rejects.toThrow('SslAuthenticationException')
  })
})

const modules = 'org.apache.kafka.common.security'
const token = `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="posture";`

function scram({ username, password }: Credentials): string {
  return `${modules}.scram.ScramLoginModule required username="${username}" password="${password}";`
}

function plain({ username, password }: Credentials): string {
  return `${modules}.plain.PlainLoginModule required username="${username}" password="${password}";`
}

function bySasl(mechanism: string, login: string): ToolAccess {
  const { ca, saslSsl } = cluster.security
  return accessBy(saslSsl, mechanism, [
    'security.protocol=SASL_SSL',
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${ca}`,
    `sasl.mechanism=${mechanism}`,
    `sasl.jaas.config=${login}`,
  ])
}

function accessBy(brokers: readonly string[], name: string, properties: readonly string[]): ToolAccess {
  const commandConfig = join(cluster.directory, `${name}.properties`)
  writeFileSync(commandConfig, properties.join('\n'))
  return { brokers, commandConfig }
}
