import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import { PermanentError } from '../../core/errors.ts'
import type {
  AssetReference,
  ScanCompleted,
  ScanReference,
  ScanScope,
  ScanStarted,
  Source,
} from '../../schemas/generated/posture-event.ts'
import type { Inventory } from './line-shapes.ts'

/** One inventory of a file: a scan of assets, as far as it has been read. */
export class InventoryScan {
  readonly reference: ScanReference
  readonly scope: ScanScope & { readonly regions: string[]; readonly types: string[] }
  readonly #context: Context
  readonly #source: Source
  /** Some 100 bytes for each asset, which has some 2 KB in the file. */
  readonly #uids = new Set<string>()
  readonly #reasons: string[] = []
  #setAside = 0
  #isEnded = false

  /** `time` is when it was begun, in milliseconds since the epoch. One that is read twice is the same scan. */
  constructor(inventory: Inventory, time: number, context: Context) {
    const { source, provider = 'aws', account, regions, types, complete = false } = inventory
    this.scope = { provider, account, regions: [...new Set(regions)], types: [...new Set(types)] }
    this.reference = { uid: digest([source, this.scope, time]), time }
    this.#source = { product: source, format: 'asset-file' }
    this.#context = context
    if (!complete) this.#reasons.push('it does not say that it is complete')
  }

  get started(): ScanStarted {
    const { tenant, name, clock } = this.#context
    const { provider, account } = this.scope
    const content = {
      type: 'scan.started' as const,
      tenant,
      collector: name,
      source: this.#source,
      scan: this.reference,
      provider,
      account,
      scope: this.scope,
    }
    return { ...content, id: digest(content), time: clock() }
  }

  /** Throws a PermanentError (`ASSET_OUT_OF_SCOPE`) for an asset that the inventory says it does not hold. */
  add({ uid, account, region = '', type = '' }: AssetReference): void {
    const { scope } = this
    const outside = account === scope.account ? (scope.regions.includes(region) ? undefined : 'region') : 'account'
    const wrong = outside ?? (scope.types.includes(type) ? undefined : 'type')
    if (wrong !== undefined) {
      const found = { account, region, type }[wrong]
      throw new PermanentError(
        'ASSET_OUT_OF_SCOPE',
        `its ${wrong} ${JSON.stringify(found)} is not one that the inventory line names: add it there, or write an inventory of its own`,
      )
    }
    this.#uids.add(uid)
  }

  /** A line of it could not be read. */
  lost(): void {
    this.#setAside += 1
  }

  end(assets: number): void {
    this.#isEnded = true
    if (assets === this.#uids.size) return
    this.#reasons.push(`its end line counts ${assets} assets, and ${this.#uids.size} were read`)
  }

  /** Its end: complete only where nothing is wrong with it or with the file. */
  completed(damage: readonly string[]): ScanCompleted {
    const { tenant, name, clock } = this.#context
    const reasons = [
      ...(this.#setAside > 0 ? [`${this.#setAside} of its lines could not be read`] : []),
      ...this.#reasons,
      ...(this.#isEnded ? [] : ['it has no end line']),
      ...damage,
    ]
    const content = {
      type: 'scan.completed' as const,
      tenant,
      collector: name,
      source: this.#source,
      scan: this.reference,
      scope: this.scope,
      outcome: reasons.length === 0 ? ('complete' as const) : ('partial' as const),
      ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
      findings: 0,
      assets: this.#uids.size,
    }
    return { ...content, id: digest(content), time: clock() }
  }
}
