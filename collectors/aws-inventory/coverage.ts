import type { Clock } from '../../core/component.ts'
import { Account } from './account.ts'
import { lanesOf, type Access, type InventoryConfig, type Lane } from './config.ts'
import type { Describer } from './describer.ts'

/** What a configuration names to be read: where, as whom, and by which describers. */
export class Coverage {
  readonly lanes: readonly Lane[]
  readonly describers: readonly Describer[]
  readonly #owners: ReadonlyMap<Access, Account>

  constructor(config: InventoryConfig, describers: readonly Describer[], clock: Clock) {
    const leftOut: ReadonlySet<string> = new Set(config.leaveOut)
    this.describers = describers.filter(({ service }) => !leftOut.has(service))
    this.lanes = lanesOf(config)
    const accesses = new Set(this.lanes.map(({ access }) => access))
    this.#owners = new Map([...accesses].map((access) => [access, new Account(access, config, clock)]))
  }

  ownerOf({ access }: Lane): Account {
    return this.#owners.get(access)!
  }

  /** Whether every account takes its credentials. Throws what `Account.identify` throws. */
  async identify(signal: AbortSignal): Promise<void> {
    for (const lane of this.lanes) if (lane.region === '') await this.ownerOf(lane).identify(lane.asked, signal)
  }
}
