import { expect, onTestFinished, test } from 'vitest'
import { faultRun } from '../faults/alerts/fault-run.ts'
import { faultTable } from '../faults/alerts/fault-table.ts'
import { sinkDown, sinkScene } from '../faults/alerts/sink-scenes.ts'
import { dead, poison, reportScene, undisturbed } from '../faults/alerts/source-scenes.ts'
import { freePorts } from '../servers/free-ports.ts'
import { PrometheusProgram } from '../servers/prometheus/program.ts'

test(
  'each fault raises its alert and no other, and nothing without a fault does',
  { timeout: 900_000 },
  async (context) => {
    const why = new PrometheusProgram('prometheus').whyNot()
    if (why !== undefined) return context.skip(why)
    const ports = await freePorts(4)
    const scenes = [
      reportScene(ports[0]!, undisturbed),
      reportScene(ports[1]!, poison),
      reportScene(ports[2]!, dead),
      await sinkScene(ports[3]!, sinkDown),
    ]
    onTestFinished(async () => void (await Promise.all(scenes.map((scene) => scene.end()))))
    const outcomes = await faultRun({ scenes, minute: 1, calmMs: 5000, limitMs: 30_000, signal: context.signal })
    console.log(faultTable(outcomes))
    for (const { scene, before, fired, left } of outcomes)
      expect({ name: scene.name, before, fired, left }).toEqual({
        name: scene.name,
        before: [],
        fired: scene.raises,
        left: [],
      })
  },
)
