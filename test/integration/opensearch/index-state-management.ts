import type { Ask } from '../../../sinks/opensearch/install/ask.ts'

interface Stored {
  readonly policy: unknown
  readonly sequence: number
}

/** A cluster with Index State Management in front of one without: its API of policies, by its documentation. */
export function withIsm(ask: Ask): {
  readonly ask: Ask
  /** The requests to ISM that changed something. */
  readonly calls: readonly string[]
  policy(name: string): unknown
} {
  const policies = new Map<string, Stored>()
  const calls: string[] = []
  const answer = (method: string, path: string, body?: object): Awaited<ReturnType<Ask>> => {
    const { pathname, searchParams } = new URL(path, 'http://ism')
    const [kind = '', name = ''] = pathname.split('/').slice(3)
    if (method !== 'GET') calls.push(`${method} ${pathname}`)
    if (kind !== 'policies') return { status: 200, body: { updated_indices: 1, failures: false, failed_indices: [] } }
    const stored = policies.get(name)
    if (method === 'GET')
      return stored === undefined
        ? refusal(404, 'status_exception', 'Policy not found')
        : { status: 200, body: { _id: name, _seq_no: stored.sequence, _primary_term: 1, policy: stored.policy } }
    if (stored !== undefined && searchParams.get('if_seq_no') !== String(stored.sequence))
      return refusal(409, 'version_conflict_engine_exception', `[${name}]: version conflict`)
    policies.set(name, { policy: (body as { policy: unknown }).policy, sequence: (stored?.sequence ?? 0) + 1 })
    return { status: 201, body: { _id: name } }
  }
  return {
    ask: async (...request) => (request[1].startsWith('/_plugins/_ism/') ? answer(...request) : await ask(...request)),
    calls,
    policy: (name) => policies.get(name)?.policy,
  }
}

function refusal(status: number, type: string, reason: string): Awaited<ReturnType<Ask>> {
  return { status, body: { error: { type, reason }, status }, error: { type, reason } }
}
