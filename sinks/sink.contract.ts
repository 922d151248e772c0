import { describe, expect, onTestFinished, test } from 'vitest'
import { sampleFinding } from './sample-findings.ts'
import type { PostureFinding, Sink, SinkDefinition } from './sink.ts'

/** One sink before one empty destination. */
export interface SinkUnderTest {
  readonly takes: SinkDefinition['takes']
  /** A sink before that destination; asked again, a second one after the first was closed, as after a restart. */
  open(): Sink | Promise<Sink>
  /** What the destination holds, as `key@revision`, once per copy, in any order. */
  held(): Promise<readonly string[]>
}

/** What every sink promises. Its own tests call this with a fresh destination per test; a failing one names the promise. */
export function sinkContract(name: string, setUp: () => Promise<SinkUnderTest>): void {
  const start = async (): Promise<SinkUnderTest & { sink: Sink; deliver: Deliver; taken(): Promise<string[]> }> => {
    const subject = await setUp()
    const sink = await subject.open()
    onTestFinished(() => sink.close?.())
    return { ...subject, sink, deliver: delivering(sink), taken: async () => (await subject.held()).toSorted() }
  }

  describe(`the ${name} sink keeps the contract of sinks`, () => {
    describe('delivery', () => {
      test('answers one outcome per finding, in order', async () => {
        const { deliver, taken } = await start()
        expect(await deliver(findings('a@1', 'b@1', 'c@7'))).toEqual(['delivered', 'delivered', 'delivered'])
        expect(await taken()).toEqual(['a@1', 'b@1', 'c@7'])
      })

      test('takes an empty batch', async () => {
        const { deliver, taken } = await start()
        expect(await deliver([])).toEqual([])
        expect(await taken()).toEqual([])
      })

      test('takes batches of several partitions at the same time', async () => {
        const { deliver, taken } = await start()
        const keys = Array.from({ length: 60 }, (_, index) => `k${String(index).padStart(2, '0')}@1`)
        const partitions = [0, 1, 2, 3].map((partition) => keys.filter((_, index) => index % 4 === partition))
        await Promise.all(partitions.map((partition) => deliver(findings(...partition))))
        expect(await taken()).toEqual(keys)
      })

      test('takes any text and a megabyte of it', async () => {
        const { deliver, taken } = await start()
        const title = 'Zeile 1\nline 2\r\n\t"quoted" \\ \u2028 \u{1F511} \u0000 \u202E'
        const awkward = [sampleFinding('a', 1, { title }), sampleFinding('b', 1, { message: 'é'.repeat(500_000) })]
        expect(await deliver(awkward)).toEqual(['delivered', 'delivered'])
        expect(await taken()).toEqual(['a@1', 'b@1'])
      })
    })

    redelivery(start)
    manners(start)
  })
}

type Deliver = (batch: readonly PostureFinding[], signal?: AbortSignal) => Promise<string[]>
type Started = SinkUnderTest & { readonly sink: Sink; readonly deliver: Deliver; taken(): Promise<string[]> }

function redelivery(start: () => Promise<Started>): void {
  describe('redelivery', () => {
    test('of a batch leaves the same as once', async () => {
      const { deliver, taken } = await start()
      await deliver(findings('a@1', 'b@1'))
      expect(await deliver(findings('a@1', 'b@1', 'c@1'))).toEqual(['delivered', 'delivered', 'delivered'])
      expect(await taken()).toEqual(['a@1', 'b@1', 'c@1'])
    })

    test('after a restart leaves the same as once', async () => {
      const { sink, open, deliver, taken } = await start()
      await deliver(findings('a@1', 'b@1'))
      await sink.close?.()
      const second = await open()
      onTestFinished(() => second.close?.())
      await delivering(second)(findings('a@1', 'b@1', 'c@1'))
      expect(await taken()).toEqual(['a@1', 'b@1', 'c@1'])
    })

    test('inside one batch leaves the same as once', async () => {
      const { deliver, taken } = await start()
      expect(await deliver(findings('a@1', 'a@1'))).toEqual(['delivered', 'delivered'])
      expect(await taken()).toEqual(['a@1'])
    })

    test('of an older revision never overwrites a newer one', async () => {
      const { deliver, taken, takes } = await start()
      await deliver(findings('a@2', 'b@10'))
      expect(await deliver(findings('a@1', 'b@9'))).toEqual(['delivered', 'delivered'])
      const latest = ['a@2', 'b@10']
      expect(await taken()).toEqual(takes === 'latest-state' ? latest : [...latest, 'a@1', 'b@9'].toSorted())
    })

    test('of a newer revision takes its place, or stands beside it where every revision is kept', async () => {
      const { deliver, taken, takes } = await start()
      await deliver(findings('a@9'))
      await deliver(findings('a@10'))
      expect(await taken()).toEqual(takes === 'latest-state' ? ['a@10'] : ['a@10', 'a@9'])
    })
  })
}

function manners(start: () => Promise<Started>): void {
  describe('manners', () => {
    test('a check answers, again and again, and leaves no trace', async () => {
      const { sink, taken } = await start()
      await sink.check(new AbortController().signal)
      await sink.check(new AbortController().signal)
      expect(await taken()).toEqual([])
    })

    test('an aborted delivery rejects and leaves nothing', async () => {
      const { deliver, taken } = await start()
      await expect(deliver(findings('a@1'), AbortSignal.abort())).rejects.toThrow('abort')
      expect(await taken()).toEqual([])
    })

    test('a delivery that is aborted on its way ends, and delivering again leaves the same as once', async () => {
      const { deliver, taken } = await start()
      const abort = new AbortController()
      const delivery = deliver(findings('a@1', 'b@1'), abort.signal).catch(() => 'rejected')
      abort.abort()
      await delivery
      await deliver(findings('a@1', 'b@1'))
      expect(await taken()).toEqual(['a@1', 'b@1'])
    })

    test('closing twice does no harm', async () => {
      const { sink, deliver } = await start()
      await deliver(findings('a@1'))
      await sink.close?.()
      await expect(Promise.resolve(sink.close?.())).resolves.toBeUndefined()
    })
  })
}

function delivering(sink: Sink): Deliver {
  return async (batch, signal = new AbortController().signal) =>
    (await sink.deliver(batch, signal)).map(({ status }) => status)
}

function findings(...ids: string[]): PostureFinding[] {
  return ids.map((id) => {
    const [key, revision] = id.split('@')
    return sampleFinding(key!, Number(revision))
  })
}
