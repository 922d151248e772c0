import type { Client } from '@opensearch-project/opensearch'
import { exchange } from '../exchange.ts'
import type { Scrub } from '../scrub.ts'

/** An answer that says something about what was asked for: not a fault of the cluster, nor of the way to it. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** The cluster's error, where it refused. */
  readonly error?: Refusal
}

/** The type is empty where the cluster gave none; both are fit to be shown. */
export interface Refusal {
  readonly type: string
  readonly reason: string
}

/** Asks the cluster. Resolves for 2xx and for 400, 404, 405 and 409; rejects with an error of ours for all else. */
export type Ask = (method: 'GET' | 'PUT' | 'POST', path: string, body?: object) => Promise<Answer>

export interface AskOptions {
  /** Ends the request that is on its way; nothing can be asked after that. */
  readonly signal: AbortSignal
  readonly scrub: Scrub
  /** How long one request may take; 60 s unless told. */
  readonly timeoutMs?: number
}

const ANSWERS = [400, 404, 405, 409]

/** Asks through a client of the sink, with its errors; where a node cannot be reached, the next one. */
export function askThrough(client: Client, { signal, scrub, timeoutMs = 60_000 }: AskOptions): Ask {
  return async (method, path, body) => {
    const [place = '', query] = path.split('?')
    const querystring = Object.fromEntries(new URLSearchParams(query))
    const request = { method, path: place, querystring, accept: ANSWERS, ...(body === undefined ? {} : { body }) }
    const answer = await exchange(client, request, { signal, timeoutMs, scrub })
    return answer.status < 400 ? answer : { ...answer, error: refusalOf(answer, scrub) }
  }
}

function refusalOf({ body, status }: Answer, scrub: Scrub): Refusal {
  const { error } = (body ?? {}) as { error?: string | { type?: string; reason?: string } }
  const { type = '', reason = '' } = typeof error === 'string' ? { reason: error } : (error ?? {})
  return { type, reason: scrub(reason) || `status ${status}` }
}
