import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { ScratchKafka } from '../scratch-kafka.ts'
import { samples, ScratchPipeline } from '../scratch-pipeline.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

describe.each(['embedded', 'kafka'])('on a stream of type %s', (type) => {
  let brokers: readonly string[] = []
  beforeEach(async (context) => {
    if (type === 'kafka') brokers = await sharedBrokers(context)
  })

  async function newPipeline(): Promise<ScratchPipeline> {
    const kafka = type === 'kafka' ? await ScratchKafka.create({ brokers, partitions: 3 }) : undefined
    const pipeline = new ScratchPipeline(kafka)
    onTestFinished(() => pipeline.remove())
    return pipeline
  }

  describe.each(['ocsf', 'asff'])('three scans of one account as %s', (format) => {
    test('open 187, repeat silently, and then only what was fixed or muted moves', async () => {
      const pipeline = await newPipeline()
      pipeline.addSample(`scan-1/prowler.${format}.json`)
      expect(await pipeline.run()).toMatchObject({
        changed: 187,
        open: 187,
        resolved: 0,
        muted: 0,
        gone: 0,
        deadLetters: 0,
      })
      pipeline.addSample(`scan-2/prowler.${format}.json`)
      expect(await pipeline.run()).toMatchObject({ changed: 0, open: 187, resolved: 0, muted: 0, deadLetters: 0 })
      pipeline.addSample(`after-fix-and-mute/prowler.${format}.json`)
      expect(await pipeline.run()).toMatchObject({
        changed: 19,
        open: 168,
        resolved: 6,
        muted: 13,
        gone: 0,
        deadLetters: 0,
      })
      expect(new Set(pipeline.revisions()).size).toBe(187 + 19)
    })
  })

  test('both forms of one scan are one statement', async () => {
    const pipeline = await newPipeline()
    pipeline.addSample('scan-1/prowler.ocsf.json')
    pipeline.addSample('scan-1/prowler.asff.json')
    expect(await pipeline.run()).toMatchObject({ in: 405 + 403, changed: 187, open: 187 })
  })

  test('a second run changes nothing, also when the collector has forgotten how far it was', async () => {
    const pipeline = await newPipeline()
    for (const scan of ['scan-1', 'scan-2', 'after-fix-and-mute']) pipeline.addSample(`${scan}/prowler.ocsf.json`)
    const first = await pipeline.run()
    expect(first).toMatchObject({ in: 405 + 405 + 286, open: 168, resolved: 6, muted: 13 })
    const latest = pipeline.latest()
    expect(await pipeline.run()).toEqual({ ...first, in: 0, changed: 0 })
    await pipeline.forgetCheckpoint()
    expect(await pipeline.run()).toEqual({ ...first, changed: 0 })
    expect(pipeline.latest()).toEqual(latest)
  })

  test('the two access keys of one user stay two findings, whatever their order in the file', async () => {
    const report = JSON.parse(readFileSync(join(samples, 'scan-1/prowler.ocsf.json'), 'utf8')) as {
      metadata: { event_code: string }
    }[]
    const keys = report.filter(({ metadata }) => metadata.event_code === 'iam_user_no_setup_initial_access_key')
    const ends = []
    for (const records of [keys, keys.toReversed()]) {
      const pipeline = await newPipeline()
      pipeline.add('report.json', JSON.stringify(records))
      expect(await pipeline.run()).toMatchObject({ in: keys.length, open: 2 })
      ends.push(pipeline.latest())
    }
    expect(ends[1]).toEqual(ends[0])
  })

  test('a broken record costs that record alone, and its scan closes nothing', async () => {
    const pipeline = await newPipeline()
    pipeline.addSample('scan-1/prowler.ocsf.json')
    await pipeline.run()
    const later = readFileSync(join(samples, 'scan-2/prowler.ocsf.json'), 'utf8')
    const records = JSON.parse(later) as { status_code: string }[]
    const failing = records.findIndex(({ status_code }) => status_code === 'FAIL')
    const parts = records.map((record, index) =>
      index === failing ? '{"metadata": nonsense}' : JSON.stringify(record),
    )
    pipeline.add('scan-2.json', `[${parts.join(',')}]`)
    expect(await pipeline.run()).toMatchObject({ in: 405, changed: 0, open: 187, deadLetters: 1 })
  })
})
