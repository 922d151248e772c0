import { setTimeout as sleep } from 'node:timers/promises'
import type { OutgoingRecord, StreamRecord } from '../../../stream/stream.ts'
import { topics } from '../../../stream/topics.ts'
import { HecDoor } from './hec-door.ts'
import type { Scene } from './scene.ts'
import { ScenePipeline } from './scene-pipeline.ts'
import { StatementFlow } from './statement-flow.ts'

const DAY_MS = 24 * 3600 * 1000
/** By then everything has been delivered that came. */
const DELIVERED_MS = 2000

type Plan = Pick<Scene, 'name' | 'fault' | 'raises'> & {
  readonly delivery?: object
  /** Statements a second. */
  readonly rate?: number
  breakDown(door: HecDoor, flow: StatementFlow, pipeline: ScenePipeline): Promise<void> | void
  mend(door: HecDoor): Promise<void> | void
}

/** A pipeline with a sink whose destination is ours to spoil. */
export async function sinkScene(port: number, plan: Plan): Promise<Scene> {
  const { delivery, rate = 2, breakDown, mend, ...told } = plan
  const door = await HecDoor.open()
  const pipeline = new ScenePipeline({ name: plan.name, port, sinks: { siem: door.sink(delivery) } })
  let flow: StatementFlow | undefined
  return {
    ...told,
    ports: [port],
    start: async () => {
      await pipeline.start()
      flow = await StatementFlow.into(pipeline, rate)
    },
    breakDown: async () => breakDown(door, flow!, pipeline),
    mend: async () => mend(door),
    end: async () => {
      await flow?.stop()
      await pipeline.end()
      await door.close()
    },
  }
}

export const sinkDown: Plan = {
  name: 'sink-down',
  fault: 'a destination refuses connections',
  raises: ['PostureSinkWaiting'],
  breakDown: (door) => door.close(),
  mend: (door) => door.openAgain(),
}

export const sinkRefused: Plan = {
  name: 'sink-refused',
  fault: 'a destination does not know the token any more',
  raises: ['PostureSinkWaiting'],
  breakDown: (door) => void (door.knows = false),
  mend: (door) => void (door.knows = true),
}

export const sinkSlow: Plan = {
  name: 'sink-slow',
  fault: 'a destination takes less than comes',
  raises: ['PostureGroupBehind'],
  delivery: { batch: 1 },
  rate: 4,
  breakDown: (door) => void (door.delayMs = 2000),
  mend: (door) => void (door.delayMs = 0),
}

/** With a record that says it was written four days ago, which is more than half of a week. */
export const nearRetention: Plan = {
  name: 'near-retention',
  fault: 'a destination has been down for days',
  raises: ['PostureSinkWaiting', 'PostureNearRetention'],
  breakDown: async (door, flow, pipeline) => {
    const finding = await emitted(flow.stream)
    await flow.pause()
    await sleep(DELIVERED_MS)
    await door.close()
    const then = Date.now() - 4 * DAY_MS
    const past = await pipeline.openStream(() => then)
    await past.publish(topics.findings.name, [finding])
    await past.close()
  },
  mend: (door) => door.openAgain(),
}

/** What enrichment has emitted first, to be written once more, as a revision that no sink has had. */
async function emitted(stream: StatementFlow['stream']): Promise<OutgoingRecord> {
  const { promise, resolve } = Promise.withResolvers<StreamRecord>()
  const following = await stream.follow(topics.findings.name, (records) => {
    if (records[0] !== undefined) resolve(records[0])
  })
  const { key, value, headers, partition } = await promise
  await following.stop()
  return { key, value, headers: { ...headers, revision: '1000' }, partition }
}
