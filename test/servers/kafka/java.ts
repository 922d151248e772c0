import { join } from 'node:path'

/** What every Java process here runs on. */
export interface JavaRuntime {
  /** As Java wants it; the archive is good for this very one only. */
  readonly classPath: string
  /** An archive of loaded classes, which halves the time that a process takes to start. */
  readonly archive?: string | undefined
}

const log4j = join(import.meta.dirname, 'log4j2.properties')

/** The arguments of `java` that run a main class of Kafka; of two options that contradict, the later counts. */
export function javaArguments(
  { classPath, archive }: JavaRuntime,
  main: string,
  args: readonly string[],
  { options = [], log = 'INFO' }: { options?: readonly string[]; log?: 'INFO' | 'WARN' | 'ERROR' } = {},
): string[] {
  const memory = ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:-UsePerfData']
  // An archive of another Java is passed over; what Java has to say of that belongs in nobody's output.
  const sharing = archive === undefined ? [] : ['-Xlog:disable', `-XX:SharedArchiveFile=${archive}`]
  const logging = [`-Dlog4j2.configurationFile=${log4j}`, `-Dkafka.log.level=${log}`]
  return [...memory, ...sharing, ...logging, ...options, '-cp', classPath, main, ...args]
}
