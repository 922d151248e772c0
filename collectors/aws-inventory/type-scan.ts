import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import type { AssetObserved, ScanCompleted, ScanStarted } from '../../schemas/generated/posture-event.ts'
import type { AssetType } from './describer.ts'

/** Whose assets of which type one scan looks at. */
export interface TypeScope {
  readonly account: string
  /** Empty for what belongs to no region. */
  readonly region: string
  readonly type: AssetType
}

const SOURCE = { product: 'aws-inventory', name: 'AWS inventory', vendor: 'AWS', format: 'aws-api' }

/** One look at all assets of one type in one account and region: what is not seen in a complete one is gone. */
export class TypeScan {
  readonly #context: Context
  readonly #scope: TypeScope
  readonly #scan: { readonly uid: string; readonly time: number }
  readonly #uids = new Set<string>()
  readonly #reasons = new Set<string>()

  constructor(context: Context, scope: TypeScope, startedAt: number) {
    this.#context = context
    this.#scope = scope
    this.#scan = { uid: digest([context.tenant, context.name, scope, startedAt]), time: startedAt }
  }

  get reasons(): readonly string[] {
    return [...this.#reasons]
  }

  started(): ScanStarted {
    const { account } = this.#scope
    const content = { type: 'scan.started' as const, ...this.#about(), provider: 'aws', account, scope: this.#covers() }
    return { ...content, id: digest(content), time: this.#context.clock() }
  }

  observed(uid: string, document: object, at: number): AssetObserved {
    const { account, region, type } = this.#scope
    this.#uids.add(uid)
    const { tenant, name: collector, clock } = this.#context
    const version = { time: Math.max(at, this.#scan.time) }
    const asset = { uid, type, provider: 'aws', account, region, version }
    const content = {
      type: 'asset.observed' as const,
      tenant,
      collector,
      scan: this.#scan,
      asset,
      document: { ...document },
    }
    return { ...content, id: digest(content), time: clock() }
  }

  /** Not all of them came. */
  lacks(reason: string): void {
    this.#reasons.add(reason)
  }

  completed(): ScanCompleted {
    const lacks = this.#uids.size === 0 ? ('failed' as const) : ('partial' as const)
    const content = {
      type: 'scan.completed' as const,
      ...this.#about(),
      scope: this.#covers(),
      outcome: this.#reasons.size === 0 ? ('complete' as const) : lacks,
      ...(this.#reasons.size === 0 ? {} : { reason: this.reasons.join('; ') }),
      findings: 0,
      assets: this.#uids.size,
    }
    return { ...content, id: digest(content), time: this.#context.clock() }
  }

  #about() {
    const { tenant, name: collector } = this.#context
    return { tenant, collector, source: SOURCE, scan: this.#scan }
  }

  #covers() {
    const { account, region, type } = this.#scope
    return { provider: 'aws', account, regions: [region], types: [type] }
  }
}
