import { existsSync, globSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { javaVersion, type JavaVersion } from '../java.ts'

/** A Java with its compiler. */
export interface Jdk extends JavaVersion {
  readonly home: string
}

/** Where the packages of Linux distributions, and the installers of macOS, put theirs. */
const systemHomes = ['/usr/lib/jvm/*', '/Library/Java/JavaVirtualMachines/*/Contents/Home']

/** The homes of the JDKs of this machine: that of JAVA_HOME first, then that of PATH, then what else is installed. */
export function jdkHomes({ JAVA_HOME = '', PATH = '' }: NodeJS.ProcessEnv): string[] {
  const inPath = PATH.split(delimiter).map((folder) => join(folder, 'javac'))
  const named = [join(JAVA_HOME, 'bin/javac'), ...inPath].filter((file) => file.startsWith('/') && existsSync(file))
  const found = globSync(systemHomes.map((home) => join(home, 'bin/javac'))).toSorted()
  return [...new Set([...named, ...found].map((javac) => dirname(dirname(realpathSync(javac)))))]
}

/** The first JDK of `oldest` or newer among `homes`; otherwise the sentence that says what to install. */
export function findJdk(oldest: number, homes: readonly string[], environment: NodeJS.ProcessEnv): Jdk | string {
  const seen: string[] = []
  for (const home of homes) {
    const java = javaVersion(join(home, 'bin/java'), environment)
    if (java !== undefined && java.major >= oldest) return { home, ...java }
    seen.push(`${home}: ${java?.said ?? 'no bin/java'}`)
  }
  const those = seen.length === 0 ? 'no javac in JAVA_HOME or PATH' : `there is only ${seen.join(', ')}`
  return `install a JDK ${oldest} or newer, with its compiler (${those})`
}
