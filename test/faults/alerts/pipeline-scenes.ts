import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { topics } from '../../../stream/topics.ts'
import { epssList, intelRecords } from '../../sample-intel.ts'
import { SecurityHubServer } from '../../servers/security-hub/security-hub-server.ts'
import type { Scene } from './scene.ts'
import { ScenePipeline } from './scene-pipeline.ts'
import { StatementFlow } from './statement-flow.ts'

const DAY_MS = 24 * 3600 * 1000
const archive = { archive: { type: 'file', directory: './out' } }

/** Statements come, and the process has no sinks. */
export function noSinks(port: number): Scene {
  const pipeline = new ScenePipeline({ name: 'no-sinks', port, sinks: archive, only: 'collectors,enrichment' })
  let flow: StatementFlow | undefined
  return {
    name: 'no-sinks',
    fault: 'no process runs the sinks',
    raises: ['PostureNothingDelivered'],
    // To be mended the process is started anew.
    mayRaise: ['PostureProcessDown'],
    ports: [port],
    start: () => pipeline.start(),
    breakDown: async () => void (flow = await StatementFlow.into(pipeline, 2)),
    mend: async () => {
      await pipeline.stop()
      await pipeline.start('collectors,enrichment,sinks')
    },
    end: async () => {
      await flow?.stop()
      await pipeline.end()
    },
  }
}

/** The source of a collector is down. */
export async function sourceDown(port: number): Promise<Scene> {
  const hub = await SecurityHubServer.start()
  const { accessKeyId, secretAccessKey } = hub.credentials()
  const collector = {
    type: 'aws-security-hub',
    regions: ['eu-west-1'],
    endpoint: hub.url,
    patience: '1s',
    schedule: '* * * * * *',
  }
  const pipeline = new ScenePipeline({
    name: 'source-down',
    port,
    collectors: { hub: collector },
    sinks: archive,
    environment: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  })
  return {
    name: 'source-down',
    fault: 'the API of a source refuses connections',
    raises: ['PostureCollectorWaiting'],
    ports: [port],
    start: () => pipeline.start(),
    breakDown: () => hub.stop(),
    mend: () => hub.startAgain(),
    end: async () => {
      await pipeline.end()
      await hub.stop()
    },
  }
}

/** Priorities go by a list about CVEs that nobody has renewed for months. */
export function staleIntel(port: number): Scene {
  const pipeline = new ScenePipeline({ name: 'stale-intel', port, sinks: archive })
  const publish = async (at: number) => {
    const stream = await pipeline.openStream()
    await stream.publish(topics.global.name, intelRecords(epssList({ 'CVE-2024-3094': 0.9 }, at)))
    await stream.close()
  }
  return {
    name: 'stale-intel',
    fault: 'the EPSS list is a hundred days old',
    raises: ['PostureIntelStale'],
    ports: [port],
    start: () => pipeline.start(),
    breakDown: () => publish(Date.now() - 100 * DAY_MS),
    mend: () => publish(Date.now()),
    end: () => pipeline.end(),
  }
}

/** A process of a newer version has written what this one cannot read; it is mended by taking that away. */
export function newerRecord(port: number): Scene {
  const pipeline = new ScenePipeline({ name: 'newer-record', port, sinks: archive })
  const key = 'written by a newer version'
  const publish = async (headers: Readonly<Record<string, string>>) => {
    const stream = await pipeline.openStream()
    await stream.publish(topics.global.name, [{ key, value: Buffer.from('{}'), headers }])
    await stream.close()
  }
  return {
    name: 'newer-record',
    fault: 'batches of enrichment fail: a newer version has written to posture.global',
    raises: ['PostureBatchesFailing'],
    ports: [port],
    start: () => pipeline.start(),
    breakDown: () => publish({ schema: 'posture-event/99' }),
    mend: async () => {
      const database = new DatabaseSync(join(pipeline.directory, 'data/stream.db'), { timeout: 5000 })
      database.prepare('delete from record where key = ?').run(key)
      database.close()
      // What is not valid is passed over: here it only tells the reader to look again.
      await publish({})
    },
    end: () => pipeline.end(),
  }
}
