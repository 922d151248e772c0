import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const pom = join(import.meta.dirname, 'pom.xml')
const digest = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16)
const LIMIT_MS = 600_000

/** Everything that is made from this very pom.xml. */
export const kafkaCache = join(import.meta.dirname, '../../../node_modules/.cache/kafka', digest)
/** Where the class path stands; it is complete where it exists. */
export const jarsDirectory = join(kafkaCache, 'jars')

/** Copies the class path of Kafka where it is not yet. Throws with the last words of Maven. */
export async function resolveJars(signal?: AbortSignal): Promise<void> {
  if (existsSync(jarsDirectory)) return
  mkdirSync(kafkaCache, { recursive: true })
  // Built beside its place and moved there whole: two runs at once, or one that is cut off, leave no half of it behind.
  const building = mkdtempSync(join(kafkaCache, 'building-'))
  try {
    // A second time, since one lost connection among a hundred downloads ends the first.
    await copyJars(building, signal).catch(() => copyJars(building, signal))
    publish(join(building, 'jars'))
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

function publish(jars: string): void {
  try {
    renameSync(jars, jarsDirectory)
  } catch (error) {
    if (!existsSync(jarsDirectory)) throw error
  }
}

async function copyJars(building: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  // For the transports of Maven 3 and 4, which would bear a silent server for half an hour.
  const patience = ['-Dmaven.wagon.rto=60000', '-Daether.connector.requestTimeout=60000']
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(building, 'jars')}`]
  try {
    await promisify(execFile)('mvn', ['--quiet', '--batch-mode', '--file', pom, ...patience, ...copy], {
      signal,
      timeout: LIMIT_MS,
      cwd: dirname(pom),
    })
  } catch (cause) {
    const { code, stdout = '' } = cause as { code?: unknown; stdout?: string }
    if (code === 'ENOENT')
      throw new Error('Kafka needs Maven to bring its jars: install Maven (no mvn in PATH)', { cause })
    throw new Error(`Maven could not bring the jars of Kafka (${pom}):\n${stdout.slice(0, 2000)}`, { cause })
  }
}
