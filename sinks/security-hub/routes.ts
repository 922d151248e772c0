import { PermanentError } from '../../core/errors.ts'
import type { Destination, SecurityHubConfig } from './config.ts'
import { accountOf, regionOf, type Json } from './event.ts'
import type { Place } from './place.ts'

/** Decides which Security Hub a finding belongs to. */
export class Routes {
  readonly #byAccount: ReadonlyMap<string, Destination>
  readonly #other: Destination | undefined

  /** Throws a PermanentError (`SECURITY_HUB_DESTINATIONS`) when they contradict each other, or what AWS allows. */
  constructor({ destinations, otherAccounts }: Pick<SecurityHubConfig, 'destinations' | 'otherAccounts'>) {
    const problems = [...problemsOf(destinations)]
    this.#byAccount = new Map(destinations.map((each) => [each.account, each]))
    this.#other = this.#byAccount.get(otherAccounts)
    if (otherAccounts !== 'reject' && this.#other === undefined)
      problems.push(`otherAccounts names ${otherAccounts}, which is no account of destinations`)
    if (problems.length > 0) throw new PermanentError('SECURITY_HUB_DESTINATIONS', problems.join('; '))
  }

  /** Every account and region that findings can go to, with how to get in. */
  places(): (Place & { readonly destination: Destination })[] {
    return [...this.#byAccount.values()].flatMap((destination) =>
      destination.regions.map((region) => ({ account: destination.account, region, destination })),
    )
  }

  /** Where the finding of an event goes; `region` where it already stands. Throws `SECURITY_HUB_NO_DESTINATION`. */
  placeOf(event: Json, region = regionOf(event)): Place {
    const account = accountOf(event)
    const destination = this.#byAccount.get(account ?? '') ?? this.#other
    if (destination === undefined) {
      const remedy =
        'add a destination, name in otherAccounts the one that takes all others, or leave such findings out with filter'
      throw new PermanentError(
        'SECURITY_HUB_NO_DESTINATION',
        `no Security Hub is configured for findings of ${account ?? 'no account'}; ${remedy}`,
      )
    }
    const [home] = destination.regions
    const known = region !== undefined && destination.regions.includes(region)
    return { account: destination.account, region: known ? region : home! }
  }
}

function* problemsOf(destinations: readonly Destination[]): Generator<string> {
  const seen = new Set<string>()
  for (const { account, roleArn, externalId } of destinations) {
    if (seen.has(account)) yield `destinations names ${account} twice: put its regions together`
    seen.add(account)
    const [, , , , owner] = (roleArn ?? '').split(':')
    // The account's own product is the only one we may import under, and only its own account may do so.
    if (roleArn !== undefined && owner !== account)
      yield `the role ${roleArn} is not of the account ${account}, for which AWS would take no finding from it`
    if (externalId !== undefined && roleArn === undefined)
      yield `the destination ${account} has an externalId, but no roleArn to use it with`
  }
}
