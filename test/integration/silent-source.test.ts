import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { ScratchPipeline } from '../scratch-pipeline.ts'

test('a source that is silent for too long is an open finding, which its next report resolves', async () => {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  const text = readFileSync(pipeline.config, 'utf8')
  writeFileSync(pipeline.config, text.replace('type: scanner-report,', 'type: scanner-report, expectEvery: 1s,'))
  expect(await pipeline.run()).toMatchObject({ in: 0, changed: 0 })
  await sleep(1000)
  expect(await pipeline.run()).toMatchObject({ in: 0, changed: 1, open: 1, deadLetters: 0 })
  expect(await pipeline.run()).toMatchObject({ in: 0, changed: 0, open: 1 })
  const [finding] = pipeline.written()
  expect(finding).toMatchObject({
    class_uid: 2003,
    severity: 'Medium',
    cloud: { provider: 'posture-stream', account: { uid: 'posture-stream' } },
    metadata: { product: { name: 'posture-stream' }, event_code: 'source-silent' },
    resources: [{ uid: 'scanner', type: 'Collector' }],
  })
  expect((await pipeline.command('checkpoints', 'list')).stdout).toContain('silent since')
  pipeline.addSample('scan-1/prowler.ocsf.json')
  expect(await pipeline.run()).toMatchObject({ in: 405, changed: 188, open: 187, resolved: 1, deadLetters: 0 })
  expect((await pipeline.command('checkpoints', 'list')).stdout).not.toContain('silent since')
})
