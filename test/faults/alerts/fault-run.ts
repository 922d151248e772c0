import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { alertRules } from '../../../deploy/prometheus/alert-rules.ts'
import { alertsFile } from '../../../deploy/prometheus/alerts-file.ts'
import { Prometheus } from '../../servers/prometheus/prometheus.ts'
import { jobOf, type Scene } from './scene.ts'

export interface FaultRunOptions {
  readonly scenes: readonly Scene[]
  /** How many seconds a minute of the rules takes. */
  readonly minute: number
  /** How long everything is well at first, in milliseconds. */
  readonly calmMs: number
  /** How long the alerts may take to fire, and then to end, in milliseconds. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** What was seen of one scene. */
export interface SceneOutcome {
  readonly scene: Scene
  /** The alerts that fired while all was well. */
  readonly before: readonly string[]
  /** All that fired in its fault. */
  readonly fired: readonly string[]
  /** Those that had not ended in time once it was mended. */
  readonly left: readonly string[]
}

const LOOK_MS = 500
/** Until what was missed before is forgotten. */
const SETTLE_MS = 3000

/** Breaks every scene at once and mends it, while Prometheus reads and judges them with the rules that are shipped. */
export async function faultRun(options: FaultRunOptions): Promise<readonly SceneOutcome[]> {
  const { scenes, minute, calmMs, limitMs, signal } = options
  await Promise.all(scenes.map((scene) => scene.start()))
  const prometheus = await Prometheus.start(
    { config: configOf(scenes), rules: { 'alerts.yaml': alertsFile(alertRules({ minute })) } },
    signal,
  )
  try {
    // It takes seconds to find its targets, and until then misses them.
    await until(limitMs, signal, async () => (await prometheus.query('up == 1')).length === targets(scenes))
    await sleep(SETTLE_MS, undefined, { signal })
    const watch = new Watch(prometheus)
    await sleep(calmMs, undefined, { signal })
    const before = await watch.firedSince(scenes)
    watch.begin()
    await Promise.all(scenes.map((scene) => scene.breakDown()))
    await until(limitMs, signal, async () => {
      const fired = await watch.firedSince(scenes)
      return scenes.every((scene, index) => scene.raises.every((alert) => fired[index]!.includes(alert)))
    })
    await Promise.all(scenes.map((scene) => scene.mend()))
    await until(limitMs, signal, async () => (await prometheus.firing()).length === 0)
    const [fired, left] = [await watch.firedSince(scenes), await prometheus.firing()]
    return scenes.map((scene, index) => ({
      scene,
      before: before[index]!,
      fired: fired[index]!,
      left: left.flatMap(({ job, alertname = '' }) => (job === jobOf(scene) ? [alertname] : [])),
    }))
  } finally {
    await prometheus.stop()
  }
}

/** What fired, by the record that Prometheus keeps of its alerts: also what was over between two looks. */
class Watch {
  readonly #prometheus: Prometheus
  #since = performance.now()

  constructor(prometheus: Prometheus) {
    this.#prometheus = prometheus
  }

  begin(): void {
    this.#since = performance.now()
  }

  async firedSince(scenes: readonly Scene[]): Promise<readonly (readonly string[])[]> {
    const seconds = Math.max(1, Math.floor((performance.now() - this.#since) / 1000))
    const query = `count by (job, alertname) (last_over_time(ALERTS{alertstate="firing"}[${seconds}s]))`
    const found = await this.#prometheus.query(query)
    return scenes.map((scene) =>
      found
        .flatMap(({ labels: { job, alertname = '' } }) =>
          job === jobOf(scene) || job === undefined ? [alertname] : [],
        )
        .toSorted(),
    )
  }
}

function targets(scenes: readonly Scene[]): number {
  return scenes.reduce((sum, { ports }) => sum + ports.length, 0)
}

function configOf(scenes: readonly Scene[]): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['alerts.yaml'],
    scrape_configs: scenes.map((scene) => ({
      job_name: jobOf(scene),
      static_configs: [{ targets: scene.ports.map((port) => `127.0.0.1:${port}`) }],
    })),
  })
}

/** Resolves when something holds, or the time is up. */
async function until(limitMs: number, signal: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await holds()) && performance.now() < end) await sleep(LOOK_MS, undefined, { signal })
}
