import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { busiestBroker, coordinator, recover, strike, type Strike } from './brokers.ts'
import type { FindingsLog } from './evidence.ts'
import { lengthOf } from './gaps.ts'
import { seconds, type Judge, type Judgement, type Scenario } from './scenario.ts'

const KILLS = 10
const KILLS_SHORT = 2
const CALM_MS = 5000
/** Longer than a client may need to find its way without the broker: nothing may wait for it to come back. */
const AWAY_MS = 40_000
const AWAY_SHORT_MS = 20_000
const STALL_MS = 45_000

/** Brokers that lead partitions die and come back, one after the other; the last coordinates the group and stays away longer. */
export const leaderKills: Scenario = {
  name: 'leaders',
  summary:
    'kill -9 of the broker that leads most partitions, at last of the coordinator; each back in sync before the next',
  disturb: async (bench, short): Promise<Judge> => {
    const strikes: Strike[] = []
    const kills = short ? KILLS_SHORT : KILLS + 1
    while (strikes.length < kills) {
      await sleep(CALM_MS, undefined, { signal: bench.signal })
      const last = strikes.length === kills - 1
      const struck = await strike(bench, last ? await coordinator(bench) : await busiestBroker(bench))
      strikes.push(struck)
      if (last) await sleep(short ? AWAY_SHORT_MS : AWAY_MS, undefined, { signal: bench.signal })
      await recover(bench, struck.broker)
      await bench.keepsUp()
    }
    return (log) => judge(log, strikes, bench)
  },
}

function judge({ times }: FindingsLog, strikes: readonly Strike[], { driver: { flow } }: Bench): Judgement {
  const stalls = strikes.map((struck, index) => {
    const gap = times.longest(flow, { from: struck.at, until: strikes[index + 1]?.at ?? flow.until })
    return { ...struck, stallMs: gap === undefined ? 0 : lengthOf(gap) }
  })
  const longest = stalls.toSorted((one, other) => other.stallMs - one.stallMs)[0]!
  const coordinatorKill = stalls.at(-1)!
  return {
    figures: [
      ['brokers killed', `${strikes.length} (led ${strikes.map(({ led }) => led).join(', ')} of our partitions)`],
      [
        'longest stall after a kill',
        `${seconds(longest.stallMs)}; the cluster's own share ${seconds(longest.failoverMs)}`,
      ],
      ['stalls', stalls.map(({ stallMs }) => seconds(stallMs)).join(', ')],
      ['until new leaders', stalls.map(({ failoverMs }) => seconds(failoverMs)).join(', ')],
      ['stall when the coordinator died', seconds(coordinatorKill.stallMs)],
    ],
    failures: stalls
      .filter(({ stallMs }) => stallMs > STALL_MS)
      .map(({ broker, stallMs }) => `a partition stalled for ${seconds(stallMs)} after the kill of broker ${broker}`),
  }
}
