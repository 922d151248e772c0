import type { CollectorInstance } from '../collectors/collector-run.ts'
import type { RunContext } from '../core/component.ts'
import type { LoadedConfig } from './config/catalogs.ts'

/** Makes collectors as they are configured. Rejects with the first that cannot be made, with the others closed. */
export async function createCollectors(
  { collectors }: Pick<LoadedConfig, 'collectors'>,
  contextOf: (name: string) => RunContext,
): Promise<readonly CollectorInstance[]> {
  const made: CollectorInstance[] = []
  try {
    for (const { name, definition, config, settings } of collectors) {
      const context = contextOf(name)
      const collector = await definition.create(config, context)
      made.push({ collector, kind: definition.name, runs: definition.runs ?? 'once', settings, context })
    }
    return made
  } catch (error) {
    await closeCollectors(made).catch(() => undefined)
    throw error
  }
}

/** Closes them all, and then rejects with the first error, if any. */
export async function closeCollectors(instances: readonly CollectorInstance[]): Promise<void> {
  const closed = await Promise.allSettled(instances.map(async ({ collector }) => collector.close?.()))
  const failed = closed.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
