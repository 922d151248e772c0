import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { composeProject } from '../servers/compose-go/answers.ts'
import { freePorts } from '../servers/free-ports.ts'
import { kafkaAvailability } from '../servers/kafka/available.ts'
import { KafkaNode } from '../servers/kafka/node.ts'
import { kafkaRuntime } from '../servers/kafka/runtime.ts'

/** What the image of Kafka runs first: it makes a configuration of the environment, and formats the disk. */
const SETUP = 'kafka.docker.KafkaDockerWrapper'
const FOLDERS = {
  '--default-configs-dir': 'default',
  '--mounted-configs-dir': 'mounted',
  '--final-configs-dir': 'final',
}
const FILES = ['server.properties', 'log4j2.yaml', 'tools-log4j2.yaml']

test('a broker comes up on what the image of Kafka makes of its environment, and its health check says so', async (context) => {
  const { environment = {}, healthcheck } = (await composeProject(context)).services['kafka']!
  const availability = kafkaAvailability()
  if (availability.from !== 'here')
    return context.skip('the setup of the image is in the jars of Kafka, which are not here')
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-kafka-image-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const runtime = await kafkaRuntime()
  await setUp(directory, runtime.classPath, environment)

  const [client = 0, controller = 0] = await freePorts(2)
  const properties = readFileSync(join(directory, 'final/server.properties'), 'utf8')
    .replace('listeners=PLAINTEXT://:9092', `listeners=PLAINTEXT://127.0.0.1:${client}`)
    .replace('PLAINTEXT://kafka:9092', `PLAINTEXT://127.0.0.1:${client}`)
    .replaceAll('127.0.0.1:9093', `127.0.0.1:${controller}`)
  const broker = new KafkaNode({ runtime, directory, properties: properties.split('\n'), leftovers: directory })
  onTestFinished(() => broker.kill())
  const healthy = () => {
    const [, ...command] = healthcheck?.test ?? []
    return spawnSync(
      command[0]!,
      command.slice(1).map((word) => word.replace('/9092', `/${client}`)),
    ).status
  }
  expect(healthy()).not.toBe(0)
  await broker.start()
  expect(healthy()).toBe(0)
})

async function setUp(
  directory: string,
  classPath: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  for (const folder of Object.values(FOLDERS)) mkdirSync(join(directory, folder))
  for (const file of FILES) writeFileSync(join(directory, 'default', file), '')
  const folders = Object.entries(FOLDERS).flatMap(([option, folder]) => [option, join(directory, folder)])
  await promisify(execFile)('java', ['-cp', classPath, SETUP, 'setup', ...folders], {
    env: { PATH: process.env['PATH'], ...environment, KAFKA_LOG_DIRS: join(directory, 'data') },
  })
}
