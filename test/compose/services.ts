import type { TestContext } from 'vitest'
import { composeProject, type Service } from '../servers/compose-go/answers.ts'

type Skip = Pick<TestContext, 'skip'>

/** Every service of docker-compose.yml. */
export async function services(context: Skip): Promise<[string, Service][]> {
  return Object.entries((await composeProject(context)).services)
}

/** Those that run our own image. */
export async function ours(context: Skip): Promise<[string, Service][]> {
  return (await services(context)).filter(([, { build }]) => build !== undefined)
}

/** The networks on which two services reach each other. */
export function common(one: Service | undefined, other: Service | undefined): string[] {
  return Object.keys(one?.networks ?? {}).filter((network) => network in (other?.networks ?? {}))
}
