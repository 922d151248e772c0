import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import type { JavaRuntime } from './java.ts'
import { jarsDirectory, kafkaCache, resolveJars } from './jars.ts'
import { KafkaNode } from './node.ts'
import { serverProperties } from './settings.ts'

const STOP_MS = 60_000

/** Resolves once Kafka can be started; the first time on a machine it takes the download of 54 MB and some seconds. */
export async function kafkaRuntime(signal?: AbortSignal): Promise<JavaRuntime> {
  await resolveJars(signal)
  const classPath = join(jarsDirectory, '*')
  const archive = join(kafkaCache, 'classes.jsa')
  if (!existsSync(archive)) await makeArchive({ classPath }, archive, signal)
  return { classPath, archive }
}

/** Lets a broker start and end once, and keeps the classes that it has loaded. */
async function makeArchive(runtime: JavaRuntime, archive: string, signal: AbortSignal | undefined): Promise<void> {
  const building = mkdtempSync(join(kafkaCache, 'building-'))
  const made = join(building, 'classes.jsa')
  const [plain, controller] = await freePorts(2)
  const node = new KafkaNode({
    runtime,
    directory: join(building, 'node'),
    properties: serverProperties(1, [{ plain: plain!, controller: controller! }]),
    jvm: [`-XX:ArchiveClassesAtExit=${made}`],
    leftovers: building,
  })
  try {
    await node.start(signal)
    await node.stop(STOP_MS)
    // A Java that cannot make one is only slower.
    if (existsSync(made)) renameSync(made, archive)
  } finally {
    await node.kill()
    rmSync(building, { recursive: true, force: true })
  }
}
