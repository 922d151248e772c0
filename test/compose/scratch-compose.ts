import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseDocument } from 'yaml'
import type { Service } from '../servers/compose-go/answers.ts'

const root = join(import.meta.dirname, '../..')
const CONFIG = 'POSTURE_CONFIG'

/** A service's process as it runs here: the same words, the same environment but for where things are. */
export interface LocalService {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly config: string
}

/** What is another here than in the container. */
export interface Elsewhere {
  /** Variables of the service's environment: where the others are. */
  readonly environment?: Readonly<Record<string, string>>
  /** Settings of its configuration, by their paths: ports and names that it does not have for itself here. */
  readonly settings?: readonly (readonly [path: readonly string[], value: string | number])[]
}

/** What stands in for Docker: folders for what compose mounts, with secrets that our own script has made. */
export class ScratchCompose {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-stream-compose-'))
  readonly reports = join(this.directory, 'reports')
  readonly secrets = join(this.directory, 'secrets')

  constructor() {
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }))
    mkdirSync(this.reports)
    makeSecrets(this.directory)
  }

  /** The service as a process of this machine: what is mounted lies in folders of ours. */
  local(name: string, service: Service, { environment = {}, settings = [] }: Elsewhere = {}): LocalService {
    const { [CONFIG]: mounted = '', ...variables } = { ...service.environment, ...environment }
    const source = service.volumes?.find(({ target }) => target === mounted)?.source
    if (source === undefined) throw new Error(`${name} mounts no configuration at ${mounted}`)
    const config = join(this.directory, `${name}.yaml`)
    const document = parseDocument(this.#placed(readFileSync(source, 'utf8'), service))
    for (const [path, value] of settings) document.setIn(path, value)
    writeFileSync(config, document.toString())
    return { command: service.command ?? [], config, environment: { ...variables, [CONFIG]: config } }
  }

  /** The text with every path of the container as a path of this machine. */
  #placed(text: string, { volumes = [], secrets = [] }: Service): string {
    const places = [
      ...volumes.map(
        ({ type, source, target }) => [target, type === 'volume' ? `volumes/${source}` : 'reports'] as const,
      ),
      ...secrets.map(({ source, target }) => [resolve('/run/secrets', target), `secrets/${source}`] as const),
    ]
    return places.reduce((placed, [target, place]) => placed.replaceAll(target, join(this.directory, place)), text)
  }
}

/** Runs our script in a folder; twice changes nothing. */
export function makeSecrets(directory: string): void {
  const script = join(directory, 'make-secrets.sh')
  cpSync(join(root, 'deploy/compose/make-secrets.sh'), script)
  execFileSync('sh', [script])
}
