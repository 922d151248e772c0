/** The fault suite: node test/faults/main.ts [--short] [--only NAME]… [--keep]. The last line says what became of what. */
import { parseArgs } from 'node:util'
import { stopSignal } from '../../app/stop-signal.ts'
import { asError } from '../../core/errors.ts'
import { whyNoOwnBrokers } from '../servers/kafka/available.ts'
import { KafkaCluster } from '../servers/kafka/cluster.ts'
import { Bench } from './bench.ts'
import { leaderKills } from './leader-kills.ts'
import { conclude, seconds, type Outcome, type Scenario } from './scenario.ts'
import { stops } from './stops.ts'
import { table } from './table.ts'
import { undisturbed } from './undisturbed.ts'
import { workerKills } from './worker-kills.ts'

const scenarios: readonly Scenario[] = [undisturbed, leaderKills, workerKills, stops]
/** So that the cleaner works on posture.state while it is written and restored. */
const busyCleaner = ['log.roll.ms=15000', 'log.cleaner.min.cleanable.ratio=0.05', 'log.cleaner.backoff.ms=3000']

interface Options {
  readonly short: boolean
  readonly keep: boolean
  readonly chosen: readonly Scenario[]
}

async function main(): Promise<boolean> {
  const options = readOptions()
  const why = whyNoOwnBrokers()
  if (why !== undefined) throw new Error(`The fault suite ${why}`)
  // What it has started ends with it, whatever it dies of.
  const signal = stopSignal(() => process.kill(process.pid, 'SIGKILL'))
  console.log('starting three brokers')
  await using cluster = await KafkaCluster.start({ brokers: 3, config: busyCleaner, signal })
  const outcomes: Outcome[] = []
  for (const scenario of options.chosen) {
    outcomes.push(await run(scenario, cluster, options, signal))
    if (signal.aborted) break
  }
  const [acknowledged, lost, doubled] = (['acknowledged', 'lost', 'doubled'] as const).map((what) =>
    outcomes.reduce((sum, outcome) => sum + outcome[what], 0),
  )
  console.log(`\nacknowledged ${acknowledged}, lost ${lost}, doubled ${doubled}`)
  return outcomes.every(({ failures }) => failures.length === 0) && lost === 0 && doubled === 0
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  })
  const names = scenarios.map(({ name }) => name)
  const strange = values.only.filter((name) => !names.includes(name))
  if (strange.length > 0) throw new Error(`There is no scenario ${strange.join(', ')}, only ${names.join(', ')}`)
  const chosen = values.only.length === 0 ? scenarios : scenarios.filter(({ name }) => values.only.includes(name))
  return { short: values.short, keep: values.keep, chosen }
}

async function run(scenario: Scenario, cluster: KafkaCluster, options: Options, signal: AbortSignal): Promise<Outcome> {
  const { name, summary, disturb } = scenario
  console.log(`\n${name}: ${summary}`)
  const began = performance.now()
  const outcome = await harm().catch((error: unknown) => broken(asError(error)))
  console.log(table([...outcome.figures, ['took', seconds(performance.now() - began)]]))
  for (const failure of outcome.failures) console.log(`  FAILED: ${failure}`)
  return outcome

  async function harm(): Promise<Outcome> {
    await using bench = await Bench.open({ cluster, prefix: `faults-${name}`, signal })
    try {
      const result = await conclude(bench, await disturb(bench, options.short))
      bench.keep = options.keep || result.failures.length > 0
      return result
    } catch (error) {
      if (signal.aborted) throw new Error('interrupted', { cause: error })
      bench.keep = true
      throw error
    } finally {
      if (bench.keep) console.log(`  its logs and files stay in ${bench.directory}`)
    }
  }
}

function broken(error: Error): Outcome {
  return { acknowledged: 0, lost: 0, doubled: 0, figures: [], failures: [error.message] }
}

process.exitCode = (await main()) ? 0 : 1
