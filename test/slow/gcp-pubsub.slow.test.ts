import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { killsWhileMessagesArrive, pipelineOf } from '../kills-while-messages-arrive.ts'
import { arrivingNotifications, bodies, DEADLINE_S, readSubscription } from '../notifications.ts'
import { ended } from '../scratch-pipeline.ts'
import { PubsubServer } from '../servers/pubsub/pubsub-server.ts'

const KILLS = 20
const MESSAGES = 2000

test(`${KILLS} kill -9 at random while ${MESSAGES} messages arrive: every finding is there, every change once`, async (context) => {
  const server = await PubsubServer.forTest(context)
  const outcome = await killsWhileMessagesArrive(arrivingNotifications(server), MESSAGES, KILLS)
  console.log('kill -9 of the collector of notifications:', outcome)
  expect(outcome).toMatchObject({ kills: KILLS, revisions: MESSAGES, lines: MESSAGES, left: 0 })
  expect(outcome.atWork).toBeGreaterThanOrEqual(KILLS / 2)
  expect(outcome.byKilled).toBeGreaterThan(MESSAGES / 10)
  expect(outcome.last).toMatchObject({ open: MESSAGES, deadLetters: 0 })
})

test('of two readers one is stopped for longer than its deadline and goes on: nothing is lost, each finding is once at each', async (context) => {
  const server = await PubsubServer.forTest(context)
  const settings = [`ackDeadlineSeconds: ${DEADLINE_S}`, 'maxMessages: 50']
  const source = readSubscription(server, settings)
  const reading = { ...source, collector: source.collector.replace('waitSeconds: 1', 'waitSeconds: 20') }
  const pipelines = [pipelineOf(reading), pipelineOf(reading)] as const
  const publish = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += 50) await server.publish(bodies(50, at)).then(() => sleep(20))
  }
  const stopped = pipelines[0].start()
  const ends = [ended(stopped)]
  const publishing = publish(0, MESSAGES / 4)
  // It holds what no other reader can have, in the middle of its work.
  while ((await server.counts()).held === 0) await sleep(5)
  stopped.kill('SIGSTOP')
  await publishing
  expect((await server.counts()).held).toBeGreaterThan(0)
  ends.push(ended(pipelines[1].start()))
  await publish(MESSAGES / 4, MESSAGES / 2)
  await sleep((DEADLINE_S + 4) * 1000)
  await publish(MESSAGES / 2, (MESSAGES * 3) / 4)
  stopped.kill('SIGCONT')
  await publish((MESSAGES * 3) / 4, MESSAGES)
  const outcomes = await Promise.all(ends)
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0])
  const written = pipelines.map((pipeline) => pipeline.revisions())
  console.log(`readers wrote ${written.map(({ length }) => length).join(' and ')} revisions`, await server.counts())
  for (const each of written) expect(new Set(each).size).toBe(each.length)
  expect(new Set(written.flat()).size).toBe(MESSAGES)
  const { all, deliveries } = await server.counts()
  expect(all).toBe(0)
  expect(deliveries).toBeGreaterThan(MESSAGES)
})
