import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PermanentError, TransientError } from '../core/errors.ts'
import { partitionFor } from '../stream/partitioner.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { checkpointKey } from './checkpoint.ts'
import type { Collector } from './collector.ts'
import { collectOnce } from './once.ts'
import { runCollectors } from './runner.ts'
import { collector, numbered, SampleStage, scanStarted, schemas, until } from './sample-stage.ts'

const KEY = checkpointKey({ tenant: 'acme', name: 'nightly' })
const uids = async (stage: SampleStage): Promise<string[]> =>
  (await stage.events()).map((event) => (event.type === 'scan.started' ? event.scan.uid : event.type))

describe('collectors whose partition is ours', () => {
  test('go on after the last checkpoint, also in the next process', async () => {
    const stage = await SampleStage.open()
    await stage.run(collector(numbered(2)))
    await stage.reopen()
    await stage.run(collector(numbered(3)))
    expect(await uids(stage)).toEqual(['s1', 's2', 's3'])
  })

  test('run side by side, each from its own checkpoint', async () => {
    const stage = await SampleStage.open()
    const names = Array.from({ length: 9 }, (_, index) => `collector-${index}`)
    const instances = names.map((name) =>
      stage.instance(collector([{ events: [scanStarted(name)], read: 1, position: 1 }]), {
        context: stage.context(name),
      }),
    )
    for (let turn = 0; turn < 2; turn++) {
      const running = await stage.start(instances, true)
      expect(await running.idle(AbortSignal.timeout(5000))).toEqual([])
      await running.stop()
    }
    expect((await uids(stage)).toSorted()).toEqual(names)
  })

  test('what failed for good is told, and the others are done first', async () => {
    const stage = await SampleStage.open()
    const broken: Collector = {
      check: async () => {},
      collect: () => {
        throw new PermanentError('NOT_ALLOWED', 'no')
      },
    }
    const running = await stage.start(
      [stage.instance(broken), stage.instance(collector(numbered(2)), { context: stage.context('hourly') })],
      true,
    )
    expect(await running.idle(AbortSignal.timeout(5000))).toMatchObject([{ code: 'NOT_ALLOWED' }])
    expect(await uids(stage)).toEqual(['s1', 's2'])
  })

  test('one whose position is too large to be saved fails, and those beside it go on', async () => {
    const stage = await SampleStage.open()
    const huge = collector([{ events: [], read: 1, position: 'x'.repeat(1_000_000) }])
    const others = Array.from({ length: 4 }, (_, index) =>
      stage.instance(collector(numbered(2)), { context: stage.context(`c${index}`) }),
    )
    const running = await stage.start([stage.instance(huge), ...others], true)
    expect(await running.idle(AbortSignal.timeout(5000))).toMatchObject([{ code: 'CHECKPOINT_TOO_LARGE' }])
    expect(await uids(stage)).toHaveLength(8)
  })

  test('stopping saves the batch at hand and asks for no more', async () => {
    const stage = await SampleStage.open()
    const pulled: number[] = []
    const slow: Collector = {
      check: async () => {},
      async *collect(position) {
        for (let index = Number(position ?? 0); ; index++) {
          pulled.push(index)
          await sleep(20)
          yield { events: [scanStarted(`s${index + 1}`)], read: 1, position: index + 1 }
        }
      },
    }
    const running = await stage.start([stage.instance(slow)])
    await until(() => pulled.length === 3)
    await running.stop()
    const saved = (await stage.read(topics.checkpoints.name)).findLast(({ key }) => key === KEY)
    const { position } = schemas.decode('checkpoint', saved!.value!)
    expect((await uids(stage)).at(-1)).toBe(`s${String(position)}`)
    expect(pulled.length).toBe(position)
  })

  test('one that does not end does not keep a stop waiting beyond its deadline', async () => {
    const stage = await SampleStage.open()
    const stuck = new AbortController()
    const deaf: Collector = {
      check: async () => {},
      async *collect() {
        yield { events: [], read: 0 }
        await sleep(60_000, undefined, { signal: stuck.signal }).catch(() => undefined)
      },
    }
    const running = await stage.start([stage.instance(deaf)])
    onTestFinished(() => stuck.abort())
    await sleep(50)
    await running.stop(AbortSignal.timeout(50))
  })
})

describe('a checkpoint that could not be saved', () => {
  test('has the collector go on from the last one that was: a batch comes twice, and none is left out', async () => {
    const stage = await SampleStage.open()
    const { stream } = stage
    let failures = 2
    const consume: Stream['consume'] = (options, handle) =>
      stream.consume(options, async (batch) => {
        let saves = 0
        const publish: typeof batch.publish = (topic, records) => {
          saves += records.length
          batch.publish(topic, records)
        }
        const { partition, records, signal } = batch
        const after = await handle({ partition, records, signal, publish })
        if (saves > 0 && failures-- > 0) throw new TransientError('COMMIT_FAILED', 'the commit failed')
        return after
      })
    const failing: Stream = {
      consume,
      publish: (...args) => stream.publish(...args),
      follow: (...args) => stream.follow(...args),
      lag: (...args) => stream.lag(...args),
      positions: (...args) => stream.positions(...args),
      ends: (topic) => stream.ends(topic),
      beginnings: (topic) => stream.beginnings(topic),
      offsetsSince: (...args) => stream.offsetsSince(...args),
      forgetGroup: (...args) => stream.forgetGroup(...args),
      close: () => stream.close(),
    }
    const services = { stream: failing, schemas, tenant: 'acme', partitionFor, untilIdle: true }
    const running = await runCollectors([stage.instance(collector(numbered(3)))], services)
    expect(await running.idle(AbortSignal.timeout(5000))).toEqual([])
    await running.stop()
    expect(await uids(stage)).toEqual(['s1', 's1', 's1', 's2', 's3'])
  })
})

describe('a member that joins', () => {
  test('takes over what becomes its own: nothing is lost, and no more than the batch at hand is read twice', async () => {
    const stage = await SampleStage.open()
    const names = Array.from({ length: 8 }, (_, index) => `collector-${index}`)
    const steady = (name: string): Collector => ({
      check: async () => {},
      async *collect(position) {
        for (let index = Number(position ?? 0); index < 30; index++) {
          await sleep(5)
          yield { events: [scanStarted(`${name}/${index}`)], read: 1, position: index + 1 }
        }
      },
    })
    const instances = () => names.map((name) => stage.instance(steady(name), { context: stage.context(name) }))
    const first = await stage.start(instances(), true)
    await sleep(60)
    const second = await stage.start(instances(), true)
    await Promise.all([first, second].map((each) => each.idle(AbortSignal.timeout(10_000))))
    const read = await uids(stage)
    expect(new Set(read).size).toBe(8 * 30)
    // A batch whose checkpoint could not be saved any more comes again; there are at most as many as collectors that moved.
    expect(read.length - 240).toBeLessThanOrEqual(8)
  })
})

describe('a checkpoint that somebody else writes while the collector runs', () => {
  test('a removed one has it begin again, and what it was about to save does not stand in the way', async () => {
    const stage = await SampleStage.open()
    const starts: unknown[] = []
    const waiting: Collector = {
      check: async () => {},
      async *collect(position, signal) {
        starts.push(position)
        for (let index = Number(position ?? 0); index < 3; index++)
          yield { events: [scanStarted(`s${index + 1}`)], read: 1, position: index + 1 }
        await sleep(60_000, undefined, { signal })
      },
    }
    await stage.start([stage.instance(waiting)])
    const saved = async () =>
      (await stage.read(topics.checkpoints.name)).filter(({ key, value }) => key === KEY && value !== null).length
    await until(async () => (await saved()) === 3)
    await stage.stream.publish(topics.checkpoints.name, [{ key: KEY, value: null }])
    await until(async () => (await saved()) === 6)
    expect(starts).toEqual([undefined, undefined])
    expect(await uids(stage)).toEqual(['s1', 's2', 's3', 's1', 's2', 's3'])
  })

  test('a sweep made by hand is gone on from', async () => {
    const stage = await SampleStage.open()
    const starts: unknown[] = []
    const idle: Collector = {
      check: async () => {},
      async *collect(position, signal) {
        starts.push(position)
        await sleep(60_000, undefined, { signal })
        yield { events: [], read: 0 }
      },
    }
    await stage.start([stage.instance(idle)])
    await until(() => starts.length === 1)
    const { signal } = new AbortController()
    await collectOnce(stage.instance(collector(numbered(2))), { stream: stage.stream, schemas, signal })
    await until(() => starts.at(-1) === 2)
    expect(await uids(stage)).toEqual(['s1', 's2'])
  })
})
