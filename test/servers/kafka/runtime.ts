import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { makeClassArchive, type JavaRuntime } from '../java.ts'
import { kafkaJars } from './jars.ts'
import { KafkaNode } from './node.ts'
import { serverProperties } from './settings.ts'

const STOP_MS = 60_000

/** Resolves once Kafka can be started; the first time on a machine it takes the download of 54 MB and some seconds. */
export async function kafkaRuntime(signal?: AbortSignal): Promise<JavaRuntime> {
  await kafkaJars.bring(signal)
  const classPath = join(kafkaJars.directory, '*')
  const archive = join(kafkaJars.cache, 'classes.jsa')
  if (!existsSync(archive))
    await makeClassArchive(archive, (directory, option) => startOnce({ classPath }, directory, option, signal))
  return { classPath, archive }
}

async function startOnce(
  runtime: JavaRuntime,
  directory: string,
  option: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [plain, controller] = await freePorts(2)
  const node = new KafkaNode({
    runtime,
    directory: join(directory, 'node'),
    properties: serverProperties(1, [{ plain: plain!, controller: controller! }]),
    jvm: [option],
    leftovers: directory,
  })
  try {
    await node.start(signal)
    await node.stop(STOP_MS)
  } finally {
    await node.kill()
  }
}
