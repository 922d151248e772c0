import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** Which requests a fault is for; all, for good, by default. */
export interface Matching {
  /** How many of them. Without it the fault lasts until another lasting one for the same requests, or `pass()`. */
  readonly times?: number
  /** A part of the path with its query, or a pattern for it. */
  readonly path?: string | RegExp
  readonly method?: string
}

/** What became of a request: it was sent on, answered here, left without an answer, or its connection was reset. */
export type Fate = 'passed' | 'answered' | 'stalled' | 'reset'

export interface ProxiedRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** How much of the body came in. */
  readonly bytes: number
  readonly fate: Fate
}

/** A request as it can be looked at to answer it. */
export interface ReceivedRequest extends ProxiedRequest {
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** What is done with a request. */
export type Treatment =
  | { readonly kind: 'pass'; readonly delayMs?: number; readonly alter?: Alter }
  | { readonly kind: 'answer'; readonly answer: (request: ReceivedRequest) => Answer }
  | { readonly kind: 'stall'; readonly passed: boolean }
  | { readonly kind: 'reset'; readonly at: 'request' | 'answer' | 'mid-answer' }

export type Alter = (answer: Answer, request: ReceivedRequest) => Answer

interface Rule {
  readonly matching: Matching
  readonly treatment: Treatment
  left: number
}

/** The faults that were asked for. Those for a number of requests come first, in their order; then the latest lasting one. */
export class FaultRules {
  #rules: Rule[] = []

  add(treatment: Treatment, matching: Matching): void {
    this.#rules.push({ treatment, matching, left: matching.times ?? Infinity })
  }

  clear(): void {
    this.#rules = []
  }

  /** How this request is treated; counts it. */
  take(method: string, path: string): Treatment {
    const fitting = this.#rules.filter(({ matching, left }) => left > 0 && fits(matching, method, path))
    const rule = fitting.find(({ left }) => left !== Infinity) ?? fitting.at(-1)
    if (!rule) return { kind: 'pass' }
    rule.left -= 1
    return rule.treatment
  }
}

function fits(matching: Matching, method: string, path: string): boolean {
  if (matching.method !== undefined && matching.method !== method) return false
  const { path: wanted = '' } = matching
  return typeof wanted === 'string' ? path.includes(wanted) : path.search(wanted) >= 0
}

/** The request, line by line, as a careless server shows it in its error page: with its credentials. */
export function echoOf({ method, path, headers, body }: ReceivedRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body.toString('utf8')].join('\n')
}
