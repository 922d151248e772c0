import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { faultRun } from '../faults/alerts/fault-run.ts'
import { faultTable } from '../faults/alerts/fault-table.ts'
import { messagesMissed } from '../faults/alerts/hub-scenes.ts'
import { brokerHalted, strayMember } from '../faults/alerts/kafka-scenes.ts'
import { newerRecord, noSinks, sourceDown, staleIntel } from '../faults/alerts/pipeline-scenes.ts'
import type { Scene } from '../faults/alerts/scene.ts'
import { nearRetention, sinkDown, sinkRefused, sinkScene, sinkSlow } from '../faults/alerts/sink-scenes.ts'
import {
  dead,
  poison,
  reportScene,
  restarting,
  silent,
  undisturbed,
  unreadable,
} from '../faults/alerts/source-scenes.ts'
import { freePorts } from '../servers/free-ports.ts'
import { whyNoOwnBrokers } from '../servers/kafka/available.ts'
import { KafkaCluster } from '../servers/kafka/cluster.ts'
import { PrometheusProgram } from '../servers/prometheus/program.ts'

test('every alert fires in its fault and in no other, and ends with it', async (context) => {
  const why = new PrometheusProgram('prometheus').whyNot()
  if (why !== undefined) return context.skip(why)
  const [halted, other] = await Promise.all([1, 2].map(() => kafka(context)))
  const ports = await freePorts(17)
  const port = () => ports.pop()!
  const scenes: Scene[] = [
    ...[undisturbed, poison, silent, unreadable, dead, restarting()].map((plan) => reportScene(port(), plan)),
    ...(await Promise.all([sinkDown, sinkRefused, sinkSlow, nearRetention].map((plan) => sinkScene(port(), plan)))),
    await sourceDown(port()),
    ...[noSinks, staleIntel, newerRecord].map((scene) => scene(port())),
    await messagesMissed(port(), context),
    await brokerHalted(port(), halted!),
    await strayMember(port(), other!),
  ]
  onTestFinished(async () => void (await Promise.all(scenes.map((scene) => scene.end()))))
  const outcomes = await faultRun({ scenes, minute: 2, calmMs: 20_000, limitMs: 120_000, signal: context.signal })
  console.log(faultTable(outcomes))
  for (const { scene, before, fired, left } of outcomes) {
    const { name, raises, mayRaise = [] } = scene
    const more = fired.filter((alert) => ![...raises, ...mayRaise].some((each) => each === alert))
    const missing = raises.filter((alert) => !fired.includes(alert))
    expect({ name, before, missing, more, left }).toEqual({ name, before: [], missing: [], more: [], left: [] })
  }
})

/** A broker of one's own: it is halted. */
async function kafka({ skip, signal }: Pick<TestContext, 'skip' | 'signal'>): Promise<KafkaCluster> {
  const why = whyNoOwnBrokers()
  if (why !== undefined) return skip(why)
  const cluster = await KafkaCluster.start({ brokers: 1, signal })
  onTestFinished(() => cluster.stop())
  return cluster
}
