import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConf, type ConfFile } from './conf-file.ts'
import type { Macros } from './spl.ts'

export const APP = 'posture_stream'
const root = join(import.meta.dirname, APP)

/** Every file of the app, as a path inside it. */
export const appFiles: readonly string[] = globSync('**/*', { cwd: root, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  .toSorted()

export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

export function confOf(name: string): ConfFile {
  return readConf(textOf(name), name)
}

export function macrosOfApp(): Macros {
  const entries = [...confOf('default/macros.conf')]
  return new Map(entries.map(([name, settings]) => [name, { definition: settings.get('definition') ?? '' }]))
}
