import { HubRefusal } from './codes.ts'
import type { HubFault, HubFaultScope, HubOperation, HubPlace } from './options.ts'

interface Provoked {
  readonly fault: HubFault
  readonly scope: HubFaultScope
  left: number
}

interface Failing {
  left: number
  readonly code: string | undefined
}

/** What tests have asked to go wrong. */
export class HubFaults {
  #provoked: Provoked[] = []
  #latency: { readonly ms: number; readonly operation: HubOperation | undefined }[] = []
  #denied: { readonly operation: HubOperation; readonly account: string | undefined }[] = []
  readonly #failing = new Map<string, Failing>()
  /** How many pages still answer the NextToken that they were asked with. */
  repeatedTokens = 0

  add(count: number, fault: HubFault, scope: HubFaultScope): void {
    this.#provoked.push({ fault, scope, left: count })
  }

  delay(ms: number, operation: HubOperation | undefined): void {
    this.#latency.push({ ms, operation })
  }

  deny(operation: HubOperation, account: string | undefined): void {
    this.#denied.push({ operation, account })
  }

  fail(ids: readonly string[], times: number, code: string | undefined): void {
    for (const id of ids) this.#failing.set(id, { left: times, code })
  }

  /** The fault that this request is answered with; a request to STS has to be named. */
  take(operation: HubOperation, place: HubPlace): { fault: HubFault; done: boolean } | undefined {
    const found = this.#provoked.find(({ scope, left }) => left > 0 && isInScope(scope, operation, place))
    if (!found) return undefined
    found.left -= 1
    return { fault: found.fault, done: found.scope.done === true }
  }

  /** Throws AccessDeniedException where that was asked for. */
  checkAccess(requested: HubOperation, account: string): void {
    const denied = this.#denied.some((each) => each.operation === requested && (each.account ?? account) === account)
    if (denied)
      throw new HubRefusal(
        'AccessDeniedException',
        `The account ${account} is not authorized to perform: securityhub:${requested}`,
      )
  }

  latency(requested: HubOperation): number {
    const delays = this.#latency.filter(({ operation }) => (operation ?? requested) === requested)
    return delays.at(-1)?.ms ?? 0
  }

  /** The code with which this finding fails now, `code` where none was named; undefined where it does not. */
  codeFor(id: unknown, code: string): string | undefined {
    const failing = this.#failing.get(String(id))
    if (!failing || failing.left <= 0) return undefined
    failing.left -= 1
    return failing.code ?? code
  }

  clear(): void {
    this.#provoked = []
    this.#latency = []
    this.#denied = []
    this.#failing.clear()
    this.repeatedTokens = 0
  }
}

function isInScope(scope: HubFaultScope, operation: HubOperation, { account, region }: HubPlace): boolean {
  const ofSts = operation === 'AssumeRole' || operation === 'GetCallerIdentity'
  if (scope.operation === undefined ? ofSts : scope.operation !== operation) return false
  return (scope.account ?? account) === account && (scope.region ?? region) === region
}
