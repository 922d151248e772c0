import { setTimeout as sleep } from 'node:timers/promises'
import type { Scenario } from './scenario.ts'

const FLOW_MS = 30_000
const FLOW_SHORT_MS = 5_000

/** Nothing happens: what the others are compared with, and proof that each statement does make one revision. */
export const undisturbed: Scenario = {
  name: 'undisturbed',
  summary: 'nothing happens',
  disturb: async ({ signal }, short) => {
    await sleep(short ? FLOW_SHORT_MS : FLOW_MS, undefined, { signal })
    return () => ({ figures: [], failures: [] })
  },
}
