import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '../free-ports.ts'
import { makeClassArchive } from '../java.ts'
import type { MavenJars } from '../maven-jars.ts'
import type { Jdk } from './jdk.ts'
import { launch, type OpenSearchRuntime } from './launch.ts'
import { openSearchJars, type OpenSearchVersion } from './versions.ts'

const source = join(import.meta.dirname, 'Launcher.java')
const COMPILE_MS = 120_000
const STOP_MS = 60_000

/** Resolves once a node can be started; the first time on a machine it takes a download of 70 MB and some seconds. */
export async function openSearchRuntime(
  version: OpenSearchVersion,
  jdk: Jdk,
  signal?: AbortSignal,
): Promise<OpenSearchRuntime> {
  const jars = openSearchJars(version)
  await jars.bring(signal)
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 8)
  const launcher = join(jars.cache, `launcher-${digest}.jar`)
  if (!existsSync(launcher)) await compile(jars, launcher, jdk, signal)
  const runtime = { java: join(jdk.home, 'bin/java'), classPath: `${join(jars.directory, '*')}:${launcher}` }
  // Good for this Java and this launcher only.
  const archive = join(jars.cache, `classes-${digest}-${jdk.version}.jsa`)
  if (!existsSync(archive))
    await makeClassArchive(archive, (directory, option) => startOnce(runtime, directory, option, signal))
  return { ...runtime, archive }
}

async function compile(jars: MavenJars, launcher: string, jdk: Jdk, signal: AbortSignal | undefined): Promise<void> {
  const building = mkdtempSync(join(jars.cache, 'building-'))
  const [classes, made] = [join(building, 'classes'), join(building, 'launcher.jar')]
  const run = (tool: string, args: readonly string[]) =>
    promisify(execFile)(join(jdk.home, 'bin', tool), args, { signal, timeout: COMPILE_MS })
  try {
    // Warnings of annotations that the jars do not bring are of no use.
    await run('javac', ['-proc:none', '-nowarn', '-cp', join(jars.directory, '*'), '-d', classes, source])
    // An archive of classes wants jars, not folders.
    await run('jar', ['--create', '--file', made, '-C', classes, '.'])
    renameSync(made, launcher)
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

async function startOnce(
  runtime: OpenSearchRuntime,
  directory: string,
  option: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [http, transport] = await freePorts(2)
  const ports = { http: http!, transport: transport! }
  const server = launch({ runtime, directory, ports, settings: {}, heap: '512m', jvm: [option], leftovers: directory })
  try {
    await server.ready(signal)
    await server.stop(STOP_MS)
  } finally {
    await server.kill()
  }
}
