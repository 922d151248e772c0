import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ScratchCompose, type Elsewhere } from '../compose/scratch-compose.ts'
import { scratchContainers, statusOf } from '../compose/scratch-containers.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchOpenSearch } from '../scratch-opensearch.ts'
import { ScratchPipeline, samples } from '../scratch-pipeline.ts'
import { composeProject } from '../servers/compose-go/answers.ts'
import { freePorts } from '../servers/free-ports.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'

const SAMPLE = 'account/prowler.ocsf.json'
const STAGES = ['collectors', 'enrichment', 'sinks'] as const
const ARRIVAL_MS = 60_000
const LOOK_MS = 500

test(
  'the commands of docker-compose.yml, on the files of the image, bring the sample account into OpenSearch',
  { timeout: 300_000 },
  async (context) => {
    const { services } = await composeProject(context)
    const [broker = ''] = await sharedBrokers(context)
    const opensearch = new ScratchOpenSearch(await sharedOpenSearch(context))
    const kafka = new ScratchKafka({ brokers: [broker] })
    onTestFinished(() => kafka.remove())
    const scratch = new ScratchCompose()
    cpSync(join(samples, SAMPLE), join(scratch.reports, 'account.json'))
    const start = await scratchContainers(context)
    const run = (name: string, port = 0) => {
      const elsewhere = elsewhereOf(broker, kafka.options.prefix, opensearch, port)
      return start(name, scratch.local(name, services[name]!, elsewhere))
    }

    // What `depends_on` says: these two side by side, then the rest.
    const before = ['topics', 'opensearch-install'].map((name) => run(name).ended.then((end) => ({ name, ...end })))
    for (const { name, code, stdout, stderr } of await Promise.all(before))
      expect(code, `${name}: ${stdout}${stderr}`).toBe(0)
    const ports = await freePorts(STAGES.length)
    const running = STAGES.map((name, at) => ({
      container: run(name, ports[at]),
      url: `http://127.0.0.1:${ports[at]}`,
    }))
    const [wanted] = await Promise.all([expected(), ...running.map(({ container, url }) => container.untilReady(url))])

    expect(wanted.length).toBeGreaterThan(100)
    const held = async (name?: string) =>
      (await opensearch.documents(name)).map(({ event }) => event as unknown as Event)
    await expect.poll(async () => (await held()).length, { timeout: ARRIVAL_MS, interval: LOOK_MS }).toBe(wanted.length)
    expect(meanings(await held())).toEqual(wanted)
    expect(revisions(await held(opensearch.dataStream))).toEqual(revisions(await held()))

    for (const { container, url } of running) {
      const { name } = container
      for (const path of ['/livez', '/readyz', '/metrics'])
        expect([name, path, await statusOf(url + path)]).toEqual([name, path, 200])
      // Most of it is there before the first finding: docs/guides/docker.md has what many findings take.
      expect(container.peakBytes(), name).toBeLessThan(Number(services[name]?.mem_limit) * 0.7)
      const { code, stderr } = await container.stop('SIGTERM')
      expect([name, code, stderr]).toEqual([name, 0, expect.stringContaining('Asked to stop')])
    }
  },
)

interface Event {
  readonly finding_info: { readonly uid_alt: string }
  readonly metadata: { readonly sequence: number }
  readonly status: string
  readonly priority?: string
  readonly message?: string
}

/** Where the servers of the tests are, and what of them is ours. */
function elsewhereOf(
  broker: string,
  prefix: string,
  { url, index, dataStream }: ScratchOpenSearch,
  port: number,
): Elsewhere {
  return {
    environment: { KAFKA_BROKER: broker, OPENSEARCH_URL: url },
    settings: [
      [['stream', 'prefix'], prefix],
      [['sinks', 'search', 'index'], index],
      [['sinks', 'search', 'history', 'dataStream'], dataStream],
      [['admin', 'host'], '127.0.0.1'],
      [['admin', 'port'], port],
    ],
  }
}

/** What the same report comes to without Kafka, OpenSearch and several processes. */
async function expected(): Promise<string[]> {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  pipeline.addSample(SAMPLE)
  await pipeline.run()
  return meanings(pipeline.written())
}

/** Of every finding what does not depend on when it was found. */
function meanings(events: readonly Event[]): string[] {
  return events
    .map(({ finding_info: { uid_alt: key }, status, priority, message }) =>
      JSON.stringify([key, status, priority, message]),
    )
    .toSorted()
}

function revisions(events: readonly Event[]): string[] {
  return events.map(({ finding_info, metadata }) => `${finding_info.uid_alt} ${metadata.sequence}`).toSorted()
}
