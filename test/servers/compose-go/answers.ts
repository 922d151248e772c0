import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { composeGo } from './program.ts'

const root = join(import.meta.dirname, '../../..')
const composeFile = join(root, 'docker-compose.yml')

/** One service, as Compose has resolved it: every variable replaced, every path from the root of the disk. */
export interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command: readonly string[] | null
  readonly entrypoint: readonly string[] | null
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly Volume[]
  readonly secrets?: readonly { readonly source: string; readonly target: string }[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly ports?: readonly { readonly host_ip?: string; readonly target: number; readonly published: string }[]
  readonly networks?: Readonly<Record<string, unknown>>
  readonly restart?: string
  readonly init?: boolean
  readonly read_only?: boolean
  readonly user?: string
  readonly privileged?: boolean
  readonly network_mode?: string
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly mem_limit?: string
  readonly stop_grace_period?: string
  readonly logging?: { readonly options: Readonly<Record<string, string>> }
}

interface Volume {
  readonly type: string
  readonly source: string
  readonly target: string
  readonly read_only?: boolean
}

interface Project {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, { readonly file?: string; readonly environment?: string }>>
}

/** The image of a Dockerfile, as far as nothing has to be run to know it. */
interface Dockerfile {
  readonly error: unknown
  readonly warnings: readonly { readonly ruleName: string; readonly detail: string }[] | null
  readonly stages: readonly {
    readonly Name: string
    readonly BaseName: string
    readonly Commands: readonly Instruction[]
  }[]
  readonly image: {
    readonly config: {
      readonly User: string
      readonly WorkingDir: string
      readonly Entrypoint: readonly string[]
      readonly Cmd: readonly string[]
      readonly StopSignal: string
      readonly Env: readonly string[]
      readonly ExposedPorts: Readonly<Record<string, unknown>>
      readonly Healthcheck: { readonly Test: readonly string[] }
      readonly Labels: Readonly<Record<string, string>>
    }
  }
}

/** COPY has sources, RUN has a command line; each of the others has neither. */
interface Instruction {
  readonly SourcePaths?: readonly string[]
  readonly DestPath?: string
  readonly From?: string
  readonly CmdLine?: readonly string[]
}

type Skip = Pick<TestContext, 'skip'>

/** docker-compose.yml as Compose resolves it, with the variables of a file where one is named. Skips where Go is absent. */
export async function composeProject(context: Skip, environmentFile?: string): Promise<Project> {
  return await asked(context, 'project', composeFile, ...(environmentFile === undefined ? [] : [environmentFile]))
}

/** The variables that docker-compose.yml uses, with the values that they have where nobody sets them. */
export async function composeVariables(context: Skip): Promise<Map<string, string>> {
  const found = await asked<Record<string, { DefaultValue: string }>>(context, 'variables', composeFile)
  return new Map(Object.entries(found).map(([name, { DefaultValue: value }]) => [name, value]))
}

/** Our Dockerfile, as BuildKit reads it. */
export async function dockerfile(context: Skip): Promise<Dockerfile> {
  return await asked(context, 'dockerfile', join(root, 'Dockerfile'))
}

/** The files that a build is given once .dockerignore has spoken, from the root of the repository. */
export async function buildContext(context: Skip): Promise<readonly string[]> {
  return await asked(context, 'context', root, join(root, '.dockerignore'))
}

async function asked<T>({ skip }: Skip, ...words: readonly string[]): Promise<T> {
  const why = composeGo.whyNot()
  if (why !== undefined) return skip(why)
  return await composeGo.ask<T>(...words)
}
