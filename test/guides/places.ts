import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

type Section = Readonly<Record<string, unknown>>
export type Config = Readonly<Record<string, unknown>>

const OUTSIDE = /^\/(var|etc|run|srv|media|opt)\//
const BY_NAME: ReadonlySet<string> = new Set(['collectors', 'sinks'])

/** The sections of both; components by their names, any other section as the later has it. */
export function sectionsIn(before: Config, block: Config): Config {
  const merged = Object.entries(block).map(([name, section]): [string, unknown] => [
    name,
    BY_NAME.has(name) ? { ...(before[name] as Section | undefined), ...(section as Section) } : section,
  ])
  return { ...before, ...Object.fromEntries(merged) }
}

/** A command with its paths below the folder, and a port that is free. */
export function placed(command: string, directory: string, adminPort: number): string {
  return command
    .replaceAll(/(?<=[\s"'=:@]|^)\/(?=(?:var|etc|run|srv|media|opt)\/)/g, `${directory}/`)
    .replaceAll('9464', String(adminPort))
}

/** A configuration with the same; the folders that it names are made, and hold the example's reports. */
export function withPlaces(config: Config, directory: string, adminPort: number): Config {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, moved(part)]))
    return typeof value === 'string' && OUTSIDE.test(value) ? made(join(directory, value), directory) : value
  }
  const { admin, ...others } = moved(config) as Config
  return admin === undefined ? others : { ...others, admin: { ...(admin as Section), port: adminPort } }
}

function made(path: string, directory: string): string {
  let folder = /[*?[{]/.test(path) || /\.\w+$/.test(path) ? dirname(path) : path
  while (/[*?[{]/.test(folder)) folder = dirname(folder)
  if (existsSync(folder)) return path
  mkdirSync(folder, { recursive: true })
  if (path.endsWith('*.json')) cpSync(join(directory, 'examples/reports'), folder, { recursive: true })
  return path
}
