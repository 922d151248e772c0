/**
 * Holds OCSF events against the independent oracle: `npm run oracle -- FILE_OR_DIRECTORY...` for NDJSON, plain or .gz.
 * Without arguments it makes events of synthetic findings and holds those against it. Exit code: 0 no errors, 1 errors,
 * 2 nothing to validate or no oracle.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { OCSF_VERSION } from '../../schemas/ocsf/validator.ts'
import { syntheticEvents } from './synthetic-events.ts'

const requirements = join(import.meta.dirname, 'requirements.txt')
const cache = join(import.meta.dirname, '../../node_modules/.cache/oracle')

try {
  const files = process.argv.length > 2 ? process.argv.slice(2).flatMap(eventFiles) : [writeSynthetic()]
  if (files.length === 0)
    throw new Error(`No file of events (.ndjson, .ndjson.gz) in ${process.argv.slice(2).join(', ')}`)
  const program = join(import.meta.dirname, 'validate_ocsf.py')
  const { status } = spawnSync(python(), [program, '--version', OCSF_VERSION, ...files], { stdio: 'inherit' })
  process.exitCode = status ?? 2
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}

function eventFiles(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path} does not exist`)
  if (!statSync(path).isDirectory()) return [path]
  return globSync('**/*.ndjson{,.gz}', { cwd: path })
    .toSorted()
    .map((name) => join(path, name))
}

function writeSynthetic(): string {
  mkdirSync(cache, { recursive: true })
  const file = join(mkdtempSync(join(cache, 'synthetic-')), 'events.ndjson')
  process.once('exit', () => rmSync(join(file, '..'), { recursive: true }))
  writeFileSync(
    file,
    syntheticEvents()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  )
  return file
}

/** The interpreter of a virtual environment with exactly our requirements, made where there is none yet. */
function python(): string {
  const environment = join(cache, createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16))
  const interpreter = join('bin', 'python')
  if (existsSync(join(environment, interpreter))) return join(environment, interpreter)
  mkdirSync(cache, { recursive: true })
  // Built beside its place and moved there whole: two runs at once, or one that is cut off, leave no half of it behind.
  const building = mkdtempSync(join(cache, 'building-'))
  try {
    run('python3', ['-m', 'venv', building], 'The oracle needs python3 with venv (Debian: python3-venv)')
    run(
      join(building, interpreter),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements],
      `The oracle needs the packages of ${requirements} from PyPI, and pip could not install them`,
    )
    if (!existsSync(environment)) renameSync(building, environment)
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
  return join(environment, interpreter)
}

function run(command: string, args: readonly string[], need: string): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'inherit', 'pipe'] })
  if (status !== 0) throw new Error(`${need}: ${(error?.message ?? stderr).trim() || `${command} failed`}`)
}
