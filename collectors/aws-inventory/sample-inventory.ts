import { Value } from 'typebox/value'
import { onTestFinished } from 'vitest'
import type { Context } from '../../core/component.ts'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import type { AssetObserved, PostureEvent, ScanCompleted } from '../../schemas/generated/posture-event.ts'
import type { Unreadable } from '../collector.ts'
import { configSchema } from './config.ts'
import type { Describer } from './describer.ts'
import { describers } from './describers.ts'
import { InventoryCollector } from './inventory-collector.ts'

/** What sweeps said and came to. */
export interface Swept {
  readonly events: readonly PostureEvent[]
  readonly assets: readonly AssetObserved[]
  /** Uid and document of each asset. */
  readonly documents: ReadonlyMap<string, AssetDocument>
  readonly completed: readonly ScanCompleted[]
  readonly unreadable: readonly Unreadable[]
  readonly read: number
  readonly batches: number
  readonly position: unknown
  readonly error: unknown
}

/** Sweeps of one configuration, without a pipeline behind them. */
export class InventoryBench {
  readonly logged: { level: string; message: string; fields: object }[] = []
  readonly context: Context
  readonly #settings: object
  readonly #describers: readonly Describer[]

  constructor(server: { readonly url: string }, settings: object = {}, of: readonly Describer[] = describers) {
    const rate = { perSecond: 1e6, burst: 1e6 }
    this.#settings = { regions: ['us-east-1'], endpoint: server.url, rate, patience: '2s', ...settings }
    this.#describers = of
    const at = (level: string) => (fields: object, message: string) => void this.logged.push({ level, message, fields })
    this.context = {
      name: 'inventory',
      tenant: 'acme',
      clock: Date.now,
      log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
      metrics: { count: () => {}, gauge: () => {}, observe: () => {} },
    }
  }

  /** A collector as a process that has just started has it. */
  open(): InventoryCollector {
    const config = Value.Parse(configSchema, Value.Default(configSchema, structuredClone(this.#settings)))
    return new InventoryCollector(config, this.context, this.#describers)
  }

  /** One sweep, or its first `batches`; what it throws is a part of what it came to. */
  async sweep(
    position?: unknown,
    { collector = this.open(), batches = Infinity }: { collector?: InventoryCollector; batches?: number } = {},
  ): Promise<Swept> {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const events: PostureEvent[] = []
    const unreadable: Unreadable[] = []
    let [read, seen] = [0, 0]
    let at = position
    let error: unknown
    try {
      for await (const batch of collector.collect(position, stop.signal)) {
        events.push(...batch.events)
        unreadable.push(...(batch.unreadable ?? []))
        read += batch.read
        // As it comes back from a checkpoint.
        if (batch.position !== undefined) at = JSON.parse(JSON.stringify(batch.position))
        if (++seen >= batches) break
      }
    } catch (thrown) {
      error = thrown
    }
    const assets = events.filter((each) => each.type === 'asset.observed')
    const documents = new Map(assets.map(({ asset, document }) => [asset.uid, document as unknown as AssetDocument]))
    const completed = events.filter((each) => each.type === 'scan.completed')
    return { events, assets, documents, completed, unreadable, read, batches: seen, position: at, error }
  }
}

/** How the scan of a type ended: `complete 4`. */
export function outcomes({ completed }: Swept): Record<string, string> {
  return Object.fromEntries(
    completed.map(({ scope, outcome, assets }) => [
      `${scope.types![0]!} ${scope.regions![0]!}`.trim(),
      `${outcome} ${assets}`,
    ]),
  )
}
