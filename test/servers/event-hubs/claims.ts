import type { AmqpError, Connection, link as Link } from 'rhea'
import type { Refusal } from './amqp.ts'
import type { Grant, Right } from './tokens.ts'

/** Node's timers take no more, and no token of a test lives so long. */
const LONGEST_MS = 2 ** 31 - 1

/** What the tokens of a connection let it do. Its links are detached when the token that they lean on ends. */
export class Claims {
  readonly #of = new WeakMap<Connection, Map<string, Grant>>()
  readonly #timers = new Set<NodeJS.Timeout>()

  /** Takes the place of an earlier one for the same audience. */
  put(connection: Connection, audience: string, grant: Grant): void {
    const grants = this.#of.get(connection) ?? new Map<string, Grant>()
    grants.set(path(audience), grant)
    this.#of.set(connection, grants)
  }

  /** Why the link may not be there; undefined: it may. From then on it may as long as there is a token for it. */
  guard(link: Link, address: string, right: Right): Refusal | undefined {
    const grant = this.#find(link.connection, address, right)
    const refusal: Refusal = {
      condition: 'amqp:unauthorized-access',
      description: `Unauthorized access. '${right}' claim(s) are required to perform this operation. Resource: '${address}'.`,
    }
    if (grant === undefined) return refusal
    this.#watch(link, address, right, grant.until, { ...refusal, condition: 'amqp:link:detach-forced' })
    return undefined
  }

  /** Whether the connection has shown a token for this address, of any right. */
  has(connection: Connection, address: string): boolean {
    return (['Listen', 'Send'] as const).some((right) => this.#find(connection, address, right) !== undefined)
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #watch(link: Link, address: string, right: Right, until: number, error: AmqpError): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        if (link.is_closed()) return
        const renewed = this.#find(link.connection, address, right)
        if (renewed === undefined) link.close(error)
        else this.#watch(link, address, right, renewed.until, error)
      },
      Math.min(LONGEST_MS, Math.max(1, until - Date.now())),
    )
    timer.unref()
    this.#timers.add(timer)
  }

  /** A token for the hub is one for all below it. */
  #find(connection: Connection, address: string, right: Right): Grant | undefined {
    const wanted = address.toLowerCase()
    return [...(this.#of.get(connection) ?? [])].find(
      ([audience, { rights, until }]) =>
        (audience === '' || wanted === audience || wanted.startsWith(`${audience}/`)) &&
        rights.includes(right) &&
        until > Date.now(),
    )?.[1]
  }
}

/** `sb://host:port/hub/…` without its host. */
function path(audience: string): string {
  return audience
    .toLowerCase()
    .replace(/^[a-z]+:\/\/[^/]*\/?/, '')
    .replace(/\/$/, '')
}
