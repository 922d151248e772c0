import { setTimeout as sleep } from 'node:timers/promises'
import { SESSION_MS } from './bench.ts'
import { seconds, type Judge, type Scenario } from './scenario.ts'
import type { Worker } from './worker.ts'

const STOPS = 10
const CALM_MS = 3000
/** Longer than the group waits for a member, so that others have its partitions when it goes on. */
const HALTED_MS = { least: SESSION_MS + 5000, most: SESSION_MS + 7000 }
const REFUSED = 'KAFKA_LATE_WRITE_REFUSED'

/** Enrichment processes stand still for so long that others take their partitions, and then go on as if nothing were. */
export const stops: Scenario = {
  name: 'stops',
  summary:
    'SIGSTOP of an enrichment process for longer than the session timeout, in the middle of its work, then SIGCONT',
  disturb: async (bench, short): Promise<Judge> => {
    const refused: number[] = []
    const lengths: number[] = []
    for (let stop = 0; stop < (short ? 1 : STOPS); stop++) {
      const worker = bench.enrichers[stop % bench.enrichers.length]!
      await sleep(CALM_MS, undefined, { signal: bench.signal })
      const before = refusals(worker)
      const haltedMs = HALTED_MS.least + Math.random() * (HALTED_MS.most - HALTED_MS.least)
      worker.halt()
      await sleep(haltedMs, undefined, { signal: bench.signal })
      worker.resume()
      await bench.keepsUp()
      lengths.push(haltedMs)
      refused.push(refusals(worker) - before)
    }
    const total = refused.reduce((sum, each) => sum + each, 0)
    return () => ({
      figures: [
        ['processes halted', `${lengths.length}, for ${lengths.map(seconds).join(', ')}`],
        ['late writes refused', `${total} (${refused.join(', ')})`],
      ],
      failures: total === 0 ? ['no write was late: the processes were not at work when they were halted'] : [],
    })
  },
}

function refusals(worker: Worker): number {
  return worker.said().filter(({ code }) => code === REFUSED).length
}
