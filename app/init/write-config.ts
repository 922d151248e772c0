import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCode } from '../../core/errors.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { loadConfig } from '../config/load-config.ts'
import { ConfigError } from '../config/mistake.ts'
import type { SettingSchema } from '../config/settings-of.ts'
import { UsageError } from '../usage-error.ts'
import { configOf, VARIABLES, type Choices, type FirstConfig, type Section } from './choices.ts'
import { commentedConfig } from './commented-config.ts'
import { Descriptions } from './descriptions.ts'

const FRAME_FILE = join(import.meta.dirname, '../../schemas/config.schema.json')

/** The text of the configuration that was chosen. Throws a UsageError with everything that makes it one that cannot be loaded. */
export function firstConfig(choices: Choices, catalogs: Catalogs): string {
  const config = configOf(choices)
  const frame = JSON.parse(readFileSync(FRAME_FILE, 'utf8')) as SettingSchema
  const text = commentedConfig(config, new Descriptions(frame, catalogs, typesOf(config)))
  refuseMistakes(text, catalogs)
  return text
}

/** Writes it where no file is yet, with the directories above. Throws a UsageError where one is. */
export function writeNew(directory: string, file: string, text: string): void {
  mkdirSync(directory, { recursive: true })
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    throw existing(file)
  }
}

export function existing(file: string): UsageError {
  return new UsageError(`${file} is there already and stays as it is: name another directory, or move it away first`)
}

/** The variables that the text refers to and that are not set, each with the line that sets it. */
export function exportsFor(text: string, environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = [...text.matchAll(/^[^#]*?\$\{(\w+)\}/gm)].map(([, name = '']) => name)
  return [...new Set(named)]
    .filter((name) => environment[name] === undefined)
    .map((name) => `export ${name}=${(VARIABLES as Readonly<Record<string, string>>)[name] ?? '…'}`)
}

function typesOf({ stream, collectors, sinks }: FirstConfig): Map<string, string> {
  const entries = (section: string, components: Readonly<Record<string, Section>>) =>
    Object.entries(components).map(([name, { type }]): [string, string] => [`${section}/${name}`, String(type)])
  return new Map([['stream', String(stream['type'])], ...entries('collectors', collectors), ...entries('sinks', sinks)])
}

/** With something for every variable: what stands in them is for `check` to look at. */
function refuseMistakes(text: string, catalogs: Catalogs): void {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-init-'))
  try {
    const file = join(directory, 'posture.yaml')
    writeFileSync(file, text)
    loadConfig(file, catalogs, VARIABLES)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const mistakes = error.mistakes.map(({ path, problem, remedy }) => `${path}: ${problem}; ${remedy}`)
    throw new UsageError(`nothing was written, since it could not be used:\n${mistakes.join('\n')}`)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
