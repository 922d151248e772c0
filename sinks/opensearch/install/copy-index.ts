import { PermanentError } from '../../../core/errors.ts'
import { MARK } from '../template/template.ts'
import type { Cluster } from './cluster.ts'

export interface Copy {
  readonly from: string
  readonly to: string
}

const POLL_MS = 500

/**
 * Moves an alias to a new index with everything that the old one holds, while the pipeline goes on writing to the alias:
 * nothing is lost and nothing set back, because every document carries its finding's revision as external version, and
 * the copying only ever writes what is newer. The old index stays, closed to writes. May be interrupted anywhere and begun
 * again, and two may do it at once.
 */
export async function copyIndex(
  cluster: Cluster,
  { alias, ...copy }: Copy & { readonly alias: string },
): Promise<void> {
  const { from, to } = copy
  // Until the mark is taken off again, whoever looks knows that something may still be missing.
  const mappings = { _meta: { ...MARK, copying_from: from } }
  await cluster.change('PUT', `/${path(to)}`, { mappings }, ['resource_already_exists_exception'])
  await reindex(cluster, copy)
  await moveAlias(cluster, alias, copy)
  await finishCopy(cluster, copy)
}

/** Copies what came into the old index while the first copying ran, after making sure that nothing more can. */
export async function finishCopy(cluster: Cluster, { from, to }: Copy): Promise<void> {
  const { indices } = await cluster.names(from)
  if (!indices.includes(from))
    throw new PermanentError(
      'OPENSEARCH_COPY_LOST',
      `${to} was to get the rest of ${from}, which is gone: send everything again (a new sink starts with the latest state), and take "copying_from" out of the mapping of ${to}`,
    )
  // Waits for the writes that are on their way; what comes later is refused and sent again, to the new index.
  await cluster.change('PUT', `/${path(from)}/_block/write`, undefined)
  await reindex(cluster, { from, to })
  await cluster.change('PUT', `/${path(to)}/_mapping`, { _meta: MARK })
}

async function moveAlias(cluster: Cluster, alias: string, { from, to }: Copy): Promise<void> {
  const behind = (await cluster.names(alias)).aliases.get(alias) ?? []
  // Another who did the same was here first.
  if (behind.length === 1 && behind[0] === to) return
  if (behind.length !== 1 || behind[0] !== from)
    throw new PermanentError(
      'OPENSEARCH_ALIAS_MOVED',
      `somebody moved the alias ${alias} while ${from} was copied; look at it and run this again`,
    )
  const actions = [{ remove: { index: from, alias } }, { add: { index: to, alias, is_write_index: true } }]
  await cluster.change('POST', '/_aliases', { actions }, ['aliases_not_found_exception'])
}

interface Task {
  readonly completed: boolean
  readonly error?: { readonly reason?: string }
  readonly response?: { readonly failures?: readonly { readonly cause?: { readonly reason?: string } }[] }
}

async function reindex(cluster: Cluster, { from, to }: Copy): Promise<void> {
  // It reads what a search finds.
  await cluster.change('POST', `/${path(from)}/_refresh`, undefined)
  const started = await cluster.change<{ task: string }>('POST', '/_reindex?wait_for_completion=false', {
    conflicts: 'proceed',
    source: { index: from },
    dest: { index: to, version_type: 'external' },
  })
  const task = await finished(cluster, started!.task)
  const reason = task.error?.reason ?? task.response?.failures?.[0]?.cause?.reason
  if (reason !== undefined)
    throw new PermanentError(
      'OPENSEARCH_COPY_FAILED',
      `copying ${from} to ${to} failed, and the alias still stands for what it stood for: ${reason.slice(0, 300)}; run this again`,
    )
}

async function finished(cluster: Cluster, id: string): Promise<Task> {
  for (;;) {
    const task = await cluster.read<Task>(`/_tasks/${path(id)}`)
    if (task === undefined)
      throw new PermanentError('OPENSEARCH_COPY_FAILED', 'the node that copied has gone; run this again')
    if (task.completed) return task
    await cluster.wait(POLL_MS)
  }
}

function path(name: string): string {
  return encodeURIComponent(name)
}
