import { PermanentError } from '../../../core/errors.ts'
import type { Cluster } from './cluster.ts'
import { act, leave, type Found, type HistoryNames } from './install-plan.ts'

const OURS = 'posture-stream:'

interface FoundPolicy {
  readonly _seq_no: number
  readonly _primary_term: number
  readonly policy: { readonly description?: string }
}

/**
 * The policy of Index State Management by which the history's indices are closed and, later, deleted. ISM fills in much
 * of a policy by itself, so that only our description tells whether it is the one that we want: it states all values.
 */
export async function policyPart(cluster: Cluster, history: HistoryNames): Promise<Found> {
  const { dataStream } = history
  const is = { kind: 'policy', name: dataStream } as const
  const place = `/_plugins/_ism/policies/${encodeURIComponent(dataStream)}`
  const answer = await cluster.ask('GET', place)
  if (answer.status === 400 || answer.status === 405)
    return leave(
      is,
      'unmanaged',
      `this cluster has no Index State Management: nothing begins new indices of ${dataStream} or deletes old ones; do so yourself (POST /${dataStream}/_rollover)`,
    )
  if (answer.error !== undefined && answer.status !== 404)
    throw new PermanentError('OPENSEARCH_REFUSED', `GET ${place} was refused: ${answer.error.reason}`)
  const wanted = describe(history)
  if (answer.status === 404)
    return act(is, 'missing', { sentence: `to be created: ${wanted}`, done: `created: ${wanted}` }, async () => {
      await put(cluster, place, history)
      // The policy takes indices that are made from now on by itself.
      await attach(cluster, 'add', dataStream)
    })
  const { policy, _seq_no: sequence, _primary_term: term } = answer.body as FoundPolicy
  const description = policy.description ?? ''
  if (!description.startsWith(OURS))
    return leave(
      is,
      'refused',
      'a policy of this name is not ours; delete it, or give the history another "dataStream"',
    )
  if (description === `${OURS} ${wanted}`) return leave(is, 'as-wanted', `is as wanted: ${wanted}`)
  return act(is, 'differs', { sentence: `to be changed: ${wanted}`, done: `changed: ${wanted}` }, async () => {
    await put(cluster, `${place}?if_seq_no=${sequence}&if_primary_term=${term}`, history)
    // An index keeps the policy that it began with until it is given the new one.
    await attach(cluster, 'change_policy', dataStream)
  })
}

function describe({ rolloverGb, rolloverDays, retentionDays }: HistoryNames): string {
  return `a new index every ${rolloverGb} GB or ${rolloverDays} days, deleted ${retentionDays} days after that`
}

/** When two do it at once, the second is refused with a conflict: what the first wrote stands. */
async function put(cluster: Cluster, place: string, history: HistoryNames): Promise<void> {
  await cluster.change('PUT', place, policyOf(history), ['version_conflict_engine_exception'])
}

/** Before the data stream exists there is nothing to attach to; what has a policy already is left as it is. */
async function attach(cluster: Cluster, how: 'add' | 'change_policy', dataStream: string): Promise<void> {
  if (!(await cluster.names(dataStream)).dataStreams.has(dataStream)) return
  await cluster.change('POST', `/_plugins/_ism/${how}/${encodeURIComponent(dataStream)}`, { policy_id: dataStream })
}

function policyOf(history: HistoryNames): object {
  const { dataStream, rolloverGb, rolloverDays, retentionDays } = history
  return {
    policy: {
      description: `${OURS} ${describe(history)}`,
      default_state: 'current',
      states: [
        {
          name: 'current',
          actions: [{ rollover: { min_size: `${rolloverGb}gb`, min_index_age: `${rolloverDays}d` } }],
          transitions: [{ state_name: 'expired', conditions: { min_rollover_age: `${retentionDays}d` } }],
        },
        { name: 'expired', actions: [{ delete: {} }], transitions: [] },
      ],
      // ISM looks indices of a data stream up by the name of the data stream.
      ism_template: [{ index_patterns: [dataStream], priority: 500 }],
    },
  }
}
