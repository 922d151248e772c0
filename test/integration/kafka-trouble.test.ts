import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { topics } from '../../stream/topics.ts'
import { ended, ScratchPipeline } from '../scratch-pipeline.ts'
import { logInto, ScratchKafka, type Said } from '../scratch-kafka.ts'
import { silentBroker } from '../servers/silent-broker.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

test('a broker that accepts and never answers has a pipeline wait, say so once, and end when it is asked to', async () => {
  const { address, connections } = await silentBroker()
  const pipeline = new ScratchPipeline(new ScratchKafka({ brokers: [address] }))
  onTestFinished(() => pipeline.remove())
  const child = pipeline.start()
  const end = ended(child)
  await vi.waitFor(() => expect(connections()).toBeGreaterThan(2), { timeout: 30_000 })
  await sleep(2000)
  child.kill('SIGTERM')
  const asked = performance.now()
  const { code, stderr } = await end
  expect(performance.now() - asked).toBeLessThan(15_000)
  expect(code).toBe(1)
  const lines = stderr.trimEnd().split('\n')
  expect(lines.filter((line) => line.includes('does not answer'))).toHaveLength(1)
  expect(lines.length).toBeLessThanOrEqual(3)
  expect(connections()).toBeLessThan(20)
})

describe('topics that are not as they should be', () => {
  test('are named when they are missing, at once, with the command that makes them', async (context) => {
    const kafka = new ScratchKafka({ brokers: await sharedBrokers(context) })
    const began = performance.now()
    await expect(kafka.open()).rejects.toMatchObject({
      code: 'KAFKA_TOPICS_MISSING',
      retryable: false,
      message: expect.stringMatching(
        /\.events, .*\.checkpoints, .*\.status; create them with: posture-stream topics apply/,
      ),
    })
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('are refused with other partitions than configured, with the remedy', async (context) => {
    const brokers = await sharedBrokers(context)
    const kafka = await ScratchKafka.create({ brokers, partitions: 3 })
    const other = new ScratchKafka({ brokers, partitions: 4, prefix: kafka.options.prefix })
    const refused = {
      code: 'KAFKA_PARTITIONS',
      retryable: false,
      message: expect.stringContaining('set stream.partitions to 3'),
    }
    await expect(other.open()).rejects.toMatchObject(refused)
    await expect(other.apply()).rejects.toMatchObject(refused)
  })

  test('end a run of the program with one sentence and code 1', async (context) => {
    const brokers = await sharedBrokers(context)
    const pipeline = new ScratchPipeline(new ScratchKafka({ brokers }))
    onTestFinished(() => pipeline.remove())
    const { code, stderr } = await ended(pipeline.start())
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining('posture-stream topics apply')])
  })
})

test('a group that takes nobody in, because a member of it hangs, does not hold up a stop', async (context) => {
  const kafka = await ScratchKafka.create({ brokers: await sharedBrokers(context) })
  const { name } = topics.findings
  const client = kafka.client()
  const asked = Promise.withResolvers<void>()
  const hanging = client.consumer({
    groupId: `${kafka.options.prefix}.reader`,
    sessionTimeout: 60_000,
    partitionAssigners: [
      () => ({
        name: 'RoundRobinAssigner',
        version: 1,
        protocol: () => ({ name: 'RoundRobinAssigner', metadata: Buffer.alloc(0) }),
        assign: () => {
          asked.resolve()
          return new Promise(() => {})
        },
      }),
    ],
  })
  onTestFinished(() => client.destroy())
  await hanging.connect()
  await hanging.subscribe({ topic: kafka.physical(name) })
  void hanging.run({ eachBatch: async () => {} })
  await asked.promise
  const stream = await kafka.open()
  const stop = new AbortController()
  const consuming = stream.consume({ topic: name, group: 'reader', signal: stop.signal }, async () => {})
  const outcome = consuming.then(
    () => 'taken in',
    () => 'given up',
  )
  await expect(Promise.race([outcome, sleep(3000)])).resolves.toBeUndefined()
  const began = performance.now()
  stop.abort()
  await expect(outcome).resolves.toBe('given up')
  await stream.close()
  expect(performance.now() - began).toBeLessThan(2000)
})

test('a topic that is deleted under its readers and writers is told and waited for, and both go on when it is back', async (context) => {
  const said: Said[] = []
  const kafka = await ScratchKafka.create({ brokers: await sharedBrokers(context), log: logInto(said) })
  const stream = await kafka.open()
  onTestFinished(() => stream.close())
  const { name } = topics.findings
  const seen: string[] = []
  await stream.consume({ topic: name, group: 'reader' }, async ({ records }) => {
    seen.push(...records.map(({ key }) => key))
  })
  const publish = (key: string) => stream.publish(name, [{ key, value: Buffer.from(key), partition: 0 }])
  await publish('before')
  await vi.waitFor(() => expect(seen).toEqual(['before']), { timeout: 20_000 })
  await kafka.remove([name])
  const cpu = process.cpuUsage()
  await expect(publish('lost')).rejects.toMatchObject({ code: 'KAFKA_UNKNOWN_TOPIC', retryable: true })
  await sleep(5000)
  const { user, system } = process.cpuUsage(cpu)
  expect((user + system) / 1e6).toBeLessThan(5)
  const told = said.filter(({ level }) => level === 'error' || level === 'warn')
  expect(told.length).toBeGreaterThan(0)
  expect(told.length).toBeLessThan(6)
  await kafka.apply()
  await vi.waitFor(() => publish('after'), { timeout: 60_000 })
  await vi.waitFor(() => expect(seen).toContain('after'), { timeout: 60_000 })
})
