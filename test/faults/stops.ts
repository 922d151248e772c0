import { setTimeout as sleep } from 'node:timers/promises'
import { SESSION_MS } from './bench.ts'
import { seconds, type Judge, type Scenario } from './scenario.ts'
import type { Worker } from './worker.ts'

const STOPS = 10
/** Not every halt meets a write; in short, the first that does is the last. */
const STOPS_SHORT = 4
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
    const done = () => (short ? lengths.length === STOPS_SHORT || sum(refused) > 0 : lengths.length === STOPS)
    while (!done()) {
      const worker = bench.enrichers[lengths.length % bench.enrichers.length]!
      const before = refusals(worker)
      lengths.push(await halt(worker, bench.signal))
      await bench.keepsUp()
      await sleep(CALM_MS, undefined, { signal: bench.signal })
      refused.push(refusals(worker) - before)
    }
    const total = sum(refused)
    return () => ({
      figures: [
        ['processes halted', `${lengths.length}, for ${lengths.map(seconds).join(', ')}`],
        ['late writes refused', `${total} (${refused.join(', ')})`],
      ],
      failures: total === 0 ? ['no write was late: the processes were not at work when they were halted'] : [],
    })
  },
}

/** Resolves to how long it stood still, in milliseconds. */
async function halt(worker: Worker, signal: AbortSignal): Promise<number> {
  const { least, most } = HALTED_MS
  const ms = least + Math.random() * (most - least)
  worker.halt()
  await sleep(ms, undefined, { signal })
  worker.resume()
  return ms
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function refusals(worker: Worker): number {
  return worker.said().filter(({ code }) => code === REFUSED).length
}
