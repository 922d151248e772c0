import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import type { Judge, Scenario } from './scenario.ts'
import type { Worker } from './worker.ts'

const KILLS = 20
const KILLS_SHORT = 4
/** Now in calm, now while partitions are being taken over from the last one that died. */
const BETWEEN_MS = { least: 2000, most: 20_000 }
const DOWN_MS = { least: 0, most: 4000 }
/** From this kill on, the next enrichment process also loses its local state. */
const FORGETFUL = 2

/** Processes of the pipeline die at random and are started again. */
export const workerKills: Scenario = {
  name: 'workers',
  summary:
    'kill -9 of an enrichment or sink process at random, started again at once or later, once without its local state',
  disturb: async (bench, short): Promise<Judge> => {
    const kills = new Map<string, number>()
    let forgotten: string | undefined
    for (let kill = 0; kill < (short ? KILLS_SHORT : KILLS); kill++) {
      await sleep(between(BETWEEN_MS), undefined, { signal: bench.signal })
      const worker = anyOf(forgotten === undefined && kill >= FORGETFUL ? bench.enrichers : bench.workers)
      kills.set(worker.name, (kills.get(worker.name) ?? 0) + 1)
      await worker.kill()
      await sleep(between(DOWN_MS), undefined, { signal: bench.signal })
      if (forgotten === undefined && kill >= FORGETFUL) forgotten = forget(bench, worker)
      worker.start()
    }
    return () => ({
      figures: [
        ['processes killed', [...kills].map(([name, count]) => `${name} ${count} times`).join(', ')],
        ['local state removed', `${forgotten}`],
      ],
      failures: [],
    })
  },
}

function forget(bench: Bench, worker: Worker): string {
  rmSync(bench.stateOf(worker), { recursive: true, force: true })
  return worker.name
}

function between({ least, most }: { readonly least: number; readonly most: number }): number {
  return least + Math.random() * (most - least)
}

function anyOf<T>(choice: readonly T[]): T {
  return choice[Math.floor(Math.random() * choice.length)]!
}
