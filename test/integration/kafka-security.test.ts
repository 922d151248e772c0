import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openStream } from '../../app/open-stream.ts'
import { Secret } from '../../core/secret.ts'
import type { KafkaStream as KafkaConfig } from '../../schemas/generated/config.ts'
import { createClient, type KafkaOptions } from '../../stream/kafka/client.ts'
import { KafkaStream } from '../../stream/kafka/kafka-stream.ts'
import { KafkaTopics } from '../../stream/kafka/kafka-topics.ts'
import type { SaslOptions, TlsOptions } from '../../stream/kafka/security.ts'
import { topics } from '../../stream/topics.ts'
import { whyNoOwnBrokers } from '../servers/kafka/available.ts'
import { KafkaCluster } from '../servers/kafka/cluster.ts'
import { bearerToken } from '../servers/kafka/security.ts'

const why = whyNoOwnBrokers()
const all = Object.values(topics)
const size = { prefix: 'guarded', partitions: 2, replication: 1, minInsyncReplicas: 1, compression: 'zstd' } as const

let cluster: KafkaCluster
beforeAll(async () => {
  if (why === undefined) cluster = await KafkaCluster.start({ brokers: 1, security: 'sasl-ssl' })
})
afterAll(async () => cluster?.stop())
beforeEach(({ skip }) => skip(why !== undefined, why))

interface Access {
  readonly brokers?: readonly string[]
  readonly sasl?: SaslOptions
  readonly tls?: TlsOptions
}

/** Comes in and looks at the topics, as `posture-stream topics plan` does. */
async function plan({ brokers = cluster.security.saslSsl, ...access }: Access): Promise<number> {
  const options: KafkaOptions = { ...size, sessionTimeoutMs: 10_000, brokers, ...access }
  await using kafka = await KafkaTopics.connect(options, all)
  return (await kafka.plan()).length
}

function user(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'): SaslOptions {
  const { username, password } = cluster.security.user
  return { mechanism, username, password: new Secret(password) }
}

/** A token endpoint on this machine; resolves to its address. */
async function tokenEndpoint(token: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ access_token: token, expires_in: 3600 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
}

describe('a guarded cluster lets in', () => {
  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'who knows the password, by %s',
    async (mechanism) => {
      expect(await plan({ sasl: user(mechanism), tls: { ca: cluster.security.ca } })).toBe(all.length)
    },
  )

  test('who has a token, by oauthbearer', async () => {
    const tokenUrl = await tokenEndpoint(bearerToken())
    const sasl: SaslOptions = { mechanism: 'oauthbearer', tokenUrl, clientId: 'c', clientSecret: new Secret('s') }
    expect(await plan({ sasl, tls: { ca: cluster.security.ca } })).toBe(all.length)
  })

  test('who shows a certificate, and nobody without', async () => {
    const { mutualTls: brokers, ca, client } = cluster.security
    expect(await plan({ brokers, tls: { ca, ...client } })).toBe(all.length)
    await expect(plan({ brokers, tls: { ca } })).rejects.toMatchObject({ code: expect.stringMatching(/^KAFKA_/) })
  })
})

describe('a guarded cluster keeps out, and we say why', () => {
  const refused = (code: string, fault: string, words: string) => ({
    code,
    fault,
    message: expect.stringContaining(words),
  })

  test('who has a wrong password', async () => {
    const sasl: SaslOptions = { mechanism: 'scram-sha-512', username: 'posture', password: new Secret('CANARY-7f3') }
    const error = await plan({ sasl, tls: { ca: cluster.security.ca } }).catch((thrown: unknown) => thrown as Error)
    expect(error).toMatchObject(refused('KAFKA_AUTHENTICATION', 'configuration', 'stream.sasl'))
    expect(String(error)).not.toContain('CANARY')
  })

  test('who has a token that the brokers do not take', async () => {
    const tokenUrl = await tokenEndpoint('no.such.token')
    const sasl: SaslOptions = { mechanism: 'oauthbearer', tokenUrl, clientId: 'c', clientSecret: new Secret('s') }
    await expect(plan({ sasl, tls: { ca: cluster.security.ca } })).rejects.toMatchObject(
      refused('KAFKA_AUTHENTICATION', 'configuration', 'stream.sasl'),
    )
  })

  test('who may sign in and nothing else: the right is named', async () => {
    const { username, password } = cluster.security.stranger
    const sasl: SaslOptions = { mechanism: 'scram-sha-512', username, password: new Secret(password) }
    await expect(plan({ sasl, tls: { ca: cluster.security.ca } })).rejects.toMatchObject(
      refused('KAFKA_NOT_ALLOWED', 'configuration', 'the right Describe on the topic guarded.events'),
    )
  })

  test('whom we do not trust: brokers with a certificate of an unknown authority', async () => {
    await expect(plan({ sasl: user('plain'), tls: {} })).rejects.toMatchObject(
      refused('KAFKA_TLS', 'configuration', 'stream.tls'),
    )
  })

  test('brokers whose certificate carries another name', async () => {
    const tls = { ca: cluster.security.ca, serverName: 'kafka.example.com' }
    await expect(plan({ sasl: user('plain'), tls })).rejects.toMatchObject(
      refused('KAFKA_TLS', 'configuration', 'serverName'),
    )
  })

  test('who speaks without TLS where TLS is spoken', async () => {
    await expect(plan({ sasl: user('plain') })).rejects.toMatchObject(
      refused('KAFKA_UNREACHABLE', 'outage', 'does it expect TLS (stream.tls)'),
    )
  })
})

/** Numbers of the Kafka protocol: resource types, operations, "allow" and "prefixed". */
const RESOURCE = { topic: 2, group: 3, transactionalId: 5 }
const RIGHT = { read: 3, write: 4, create: 5, delete: 6, describe: 8, describeConfigs: 10, alterConfigs: 11 }
const ALLOW = 3
const PREFIXED = 4

/** Gives the stranger rights on everything that begins with the prefix, as the guide on Kafka names them. */
async function allow(
  rights: readonly (readonly [keyof typeof RESOURCE, readonly (keyof typeof RIGHT)[]])[],
): Promise<void> {
  const client = createClient({ ...size, sessionTimeoutMs: 10_000, brokers: cluster.brokers })
  const admin = client.admin()
  await admin.connect()
  const acl = rights.flatMap(([resource, operations]) =>
    operations.map((operation) => ({
      resourceType: RESOURCE[resource],
      resourceName: 'guarded.',
      resourcePatternType: PREFIXED,
      principal: `User:${cluster.security.stranger.username}`,
      host: '*',
      operation: RIGHT[operation],
      permissionType: ALLOW,
    })),
  )
  // Only stream/kafka may import the client, and with it the names of these numbers.
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
  await admin.createAcls({ acl })
  await admin.disconnect()
  client.destroy()
}

test('the rights that the guide names are enough, first to make the topics, then to run on them', async () => {
  const { username, password } = cluster.security.stranger
  const sasl: SaslOptions = { mechanism: 'scram-sha-512', username, password: new Secret(password) }
  const access = { brokers: cluster.security.saslSsl, sasl, tls: { ca: cluster.security.ca } }
  const options = { ...size, sessionTimeoutMs: 10_000, ...access, topics: all }

  await allow([['topic', ['describe', 'create', 'describeConfigs', 'alterConfigs']]])
  await using kafka = await KafkaTopics.connect(options, all)
  await kafka.apply()
  expect((await kafka.plan()).map(({ state }) => state)).toEqual(all.map(() => 'as-wanted'))

  await allow([
    ['topic', ['describe', 'read', 'write']],
    ['group', ['describe', 'read', 'delete']],
    ['transactionalId', ['describe', 'write']],
  ])
  const stream = await KafkaStream.open(options)
  onTestFinished(() => stream.close())
  await stream.publish(topics.events.name, [{ key: 'k', value: Buffer.from('in'), partition: 0 }])
  await stream.consume({ topic: topics.events.name, group: 'enrichment' }, async (batch) => {
    const copies = batch.records.map(({ key, value }) => ({ key, value, partition: batch.partition }))
    if (copies.length > 0) batch.publish(topics.findings.name, copies)
  })
  await vi.waitFor(async () => expect((await stream.ends(topics.findings.name)).get(0)).toBeGreaterThan(0n), {
    timeout: 30_000,
    interval: 200,
  })
  expect((await stream.positions(topics.events.name, 'enrichment')).get(0)).toBeGreaterThan(0n)
  await stream.publish(topics.global.name, [{ key: 'kev/2024', value: Buffer.from('a page') }])
  const read: string[] = []
  for (const { name } of [topics.findings, topics.global]) {
    const following = await stream.follow(name, (records) => void read.push(...records.map(({ key }) => key)))
    await following.ready
    await following.stop()
  }
  expect(read).toEqual(['k', 'kev/2024'])
})

test('a wrong password gives one line, waits without looping hot, and lets the process end', async () => {
  const lines: string[] = []
  const line = (level: string) => (_fields: object, message: string) => {
    if (level !== 'debug') lines.push(`${level} ${message}`)
  }
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  const config: KafkaConfig = {
    ...size,
    type: 'kafka',
    brokers: [cluster.security.saslSsl[0]!],
    sessionTimeoutMs: 10_000,
    sasl: { mechanism: 'scram-sha-512', username: 'posture', password: new Secret('CANARY-7f3') },
    tls: { ca: cluster.security.ca },
  }
  const stop = new AbortController()
  const used = process.cpuUsage()
  const opening = openStream(config, log, stop.signal).catch((error: unknown) => error)
  await sleep(6000)
  const { user: userTime, system } = process.cpuUsage(used)
  stop.abort(new Error('asked to stop'))
  expect(await opening).toMatchObject({ message: 'asked to stop' })
  expect(lines).toEqual([expect.stringMatching(/^error The stream waits until this is mended: .*stream\.sasl/)])
  expect(lines.join()).not.toContain('CANARY')
  expect((userTime + system) / 1e6).toBeLessThan(2)
})
