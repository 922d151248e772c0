/**
 * Brings what the servers of the tests run on, so that no test has to wait for a download: `node test/servers/prepare.ts`.
 * Without it the first test that needs a server does the same.
 */
import { whyNoAzurite } from './azurite/available.ts'
import { composeGo } from './compose-go/program.ts'
import { kafkaAvailability } from './kafka/available.ts'
import { kafkaRuntime } from './kafka/runtime.ts'
import { whyNoMoto } from './moto/available.ts'
import { openSearchAvailability } from './opensearch/available.ts'
import { openSearchRuntime } from './opensearch/runtime.ts'
import { openSearchVersions, type OpenSearchVersion } from './opensearch/versions.ts'
import { whyNoVictoriaLogs } from './victoria-logs/available.ts'
import { pubsubProgram, whyNoPubsub } from './pubsub/program.ts'
import { PrometheusProgram } from './prometheus/program.ts'
import { victoriaLogsProgram } from './victoria-logs/program.ts'

/** One after the other: they share the folder in which Maven keeps what it has brought. */
const servers: Readonly<Record<string, () => Promise<string>>> = {
  Kafka: async () => {
    const availability = kafkaAvailability()
    if (availability.from === 'here') await kafkaRuntime()
    return availability.from === 'nowhere' ? availability.why : 'ready'
  },
  ...Object.fromEntries(
    (Object.keys(openSearchVersions) as OpenSearchVersion[]).map((version) => [
      `OpenSearch ${version}`,
      () => prepareOpenSearch(version),
    ]),
  ),
  VictoriaLogs: async () => {
    const missing = whyNoVictoriaLogs()
    if (missing === undefined) await victoriaLogsProgram.build()
    return missing ?? 'ready'
  },
  'compose-go': async () => {
    const missing = composeGo.whyNot()
    if (missing === undefined) await composeGo.build()
    return missing ?? 'ready'
  },
  'Pub/Sub': async () => {
    const missing = whyNoPubsub()
    if (missing === undefined) await pubsubProgram.build()
    return missing ?? 'ready'
  },
  ...Object.fromEntries((['prometheus', 'promtool'] as const).map((name) => [name, () => preparePrometheus(name)])),
  moto: async () => (await whyNoMoto()) ?? 'ready',
  Azurite: async () => (await whyNoAzurite()) ?? 'ready',
}

async function prepareOpenSearch(version: OpenSearchVersion): Promise<string> {
  const availability = openSearchAvailability(version)
  if (availability.from === 'here') await openSearchRuntime(version, availability.jdk)
  return availability.from === 'nowhere' ? availability.why : 'ready'
}

async function preparePrometheus(name: 'prometheus' | 'promtool'): Promise<string> {
  const program = new PrometheusProgram(name)
  const missing = program.whyNot()
  if (missing === undefined) await program.path()
  return missing ?? 'ready'
}

for (const [name, prepare] of Object.entries(servers)) {
  const began = performance.now()
  const outcome = await prepare().catch((error: unknown) => {
    process.exitCode = 1
    return (error as Error).message
  })
  console.log(`${name}: ${outcome} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
}
