import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import type { Logger } from '../core/telemetry.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import type { Topic } from '../stream/topics.ts'
import { ScratchKafka } from './scratch-kafka.ts'

export interface SlowWork {
  readonly brokers: readonly string[]
  readonly records: number
  readonly batch: number
  /** How long the handler takes for a batch; meant to be longer than the session may be silent. */
  readonly handlerMs: number
  readonly sessionTimeoutMs: number
  readonly partitions: number
  readonly limitMs: number
}

export interface SlowOutcome {
  readonly seconds: number
  readonly batches: number
  /** How often a member joined the group, and when the last time was, in seconds since the start. */
  readonly joins: number
  readonly lastJoinSeconds: number
  /** Of the topic that the handler writes, in the transaction of its batch. */
  readonly written: readonly StreamRecord[]
}

const topic = (name: string): Topic => ({ name, partitions: 'many', cleanup: 'delete', summary: 'Made for slow work' })
const INPUT = 'slow.input'
const OUTPUT = 'slow.output'
const GROUP = 'slow'
/** The client says so at every join. */
const JOINED = 'Consumer has joined the group'

/** Two members of one group work through records with a handler that is slower than a session lasts. */
export async function workSlowly(work: SlowWork): Promise<SlowOutcome> {
  const { brokers, partitions, sessionTimeoutMs, records } = work
  const joined: number[] = []
  const log = noting((fields, message) => {
    if (message.includes(JOINED) && fields.groupId?.endsWith(`.${GROUP}`)) joined.push(performance.now())
  })
  const kafka = await ScratchKafka.create({
    brokers,
    topics: [topic(INPUT), topic(OUTPUT)],
    partitions,
    sessionTimeoutMs,
  })
  const members = [await kafka.open({ log }), await kafka.open({ log })]
  try {
    const numbered = Array.from({ length: records }, (_, index) => ({
      key: `r${index}`,
      value: Buffer.from(`${index}`),
      partition: index % partitions,
    }))
    await members[0]!.publish(INPUT, numbered)
    const began = performance.now()
    let batches = 0
    for (const member of members) {
      await member.consume({ topic: INPUT, group: GROUP, maxRecords: work.batch }, async (batch) => {
        await sleep(work.handlerMs)
        batch.publish(OUTPUT, batch.records)
        return () => void (batches += 1)
      })
    }
    const done = async () => expect(await members[0]!.lag(INPUT, GROUP)).toBe(0)
    await vi.waitFor(done, { timeout: work.limitMs, interval: 250 })
    const seconds = (performance.now() - began) / 1000
    const written = await readAll(members[0]!, OUTPUT)
    return { seconds, batches, joins: joined.length, lastJoinSeconds: (joined.at(-1)! - began) / 1000, written }
  } finally {
    await Promise.all(members.map((member) => member.close()))
  }
}

function noting(note: (fields: { readonly groupId?: string }, message: string) => void): Logger {
  const say = (fields: object, message: string): void => note(fields, message)
  return { debug: say, info: say, warn: say, error: say }
}

async function readAll(stream: Stream, name: string): Promise<StreamRecord[]> {
  const all: StreamRecord[] = []
  const following = await stream.follow(name, (records) => void all.push(...records))
  await following.ready
  await following.stop()
  return all
}
