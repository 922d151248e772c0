import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What every Java process of a server runs on. */
export interface JavaRuntime {
  /** As Java wants it; the archive is good for this very one only. */
  readonly classPath: string
  /** An archive of loaded classes, which halves the time that a process takes to start. */
  readonly archive?: string | undefined
}

/** The first stage of compilation only: a server that lives for minutes never earns the second one back. */
export const QUICK_TO_START = '-XX:TieredStopAtLevel=1'

const log4j = join(import.meta.dirname, 'log4j2.properties')

/** The arguments of `java` that run a main class; of two options that contradict, the later counts. */
export function javaArguments(
  { classPath, archive }: JavaRuntime,
  main: string,
  args: readonly string[],
  { options = [], log = 'INFO' }: { options?: readonly string[]; log?: 'INFO' | 'WARN' | 'ERROR' } = {},
): string[] {
  const memory = ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:-UsePerfData']
  // An archive of another Java is passed over; what Java has to say of that belongs in nobody's output.
  const sharing = archive === undefined ? [] : ['-Xlog:disable', `-XX:SharedArchiveFile=${archive}`]
  const logging = [`-Dlog4j2.configurationFile=${log4j}`, `-Dserver.log.level=${log}`]
  return [...memory, ...sharing, ...logging, ...options, '-cp', classPath, main, ...args]
}

/** A program `java` says of itself: its version, as 17.0.15, the first number of it, and its first line. */
export interface JavaVersion {
  readonly version: string
  readonly major: number
  readonly said: string
}

/** Asks a program `java` for its version; undefined where there is no such program. */
export function javaVersion(command: string, environment: NodeJS.ProcessEnv): JavaVersion | undefined {
  const { stderr, error } = spawnSync(command, ['-version'], { encoding: 'utf8', env: environment })
  if (error !== undefined) return undefined
  const [, version = ''] = /version "([^"]+)"/.exec(stderr) ?? []
  return { version, major: Number.parseInt(version, 10), said: stderr.split('\n')[0] ?? '' }
}

/**
 * Makes an archive of the classes that a server loads. `run` lets one start and end, in the folder and with the option of
 * Java that it is given; what it leaves there is removed.
 */
export async function makeClassArchive(
  archive: string,
  run: (directory: string, option: string) => Promise<void>,
): Promise<void> {
  const building = mkdtempSync(join(dirname(archive), 'building-'))
  const made = join(building, 'classes.jsa')
  try {
    await run(building, `-XX:ArchiveClassesAtExit=${made}`)
    // A Java that cannot make one is only slower.
    if (existsSync(made)) renameSync(made, archive)
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}
