import { expect, onTestFinished, test } from 'vitest'
import { arrivingQueue, type ArrivingQueue } from '../arriving-queue.ts'
import { FindingsQueue } from '../findings-queue.ts'
import { killsWhileMessagesArrive } from '../kills-while-messages-arrive.ts'
import { sharedMoto } from '../servers/moto/shared-moto.ts'
import { SqsServer } from '../servers/sqs/sqs-server.ts'

const KILLS = 20
const MESSAGES = 2000

async function killsAt(queue: ArrivingQueue, messages: number, kills: number): Promise<void> {
  const outcome = await killsWhileMessagesArrive(arrivingQueue(queue), messages, kills)
  console.log('kill -9 of the collector of events:', outcome)
  expect(outcome).toMatchObject({ kills, revisions: messages, lines: messages, left: 0 })
  expect(outcome.atWork).toBeGreaterThanOrEqual(kills / 2)
  expect(outcome.byKilled).toBeGreaterThan(messages / 10)
  expect(outcome.last).toMatchObject({ open: messages, deadLetters: 0 })
}

test(`${KILLS} kill -9 at random while ${MESSAGES} messages arrive: every finding is there, every change once`, async () => {
  const server = await SqsServer.start()
  onTestFinished(() => server.stop())
  await killsAt(server, MESSAGES, KILLS)
})

test('a quarter of that with the queue of people who do not know us', async (context) => {
  const queue = await FindingsQueue.create(await sharedMoto(context))
  onTestFinished(() => queue.close())
  await killsAt(queue, MESSAGES / 4, KILLS / 4)
})
