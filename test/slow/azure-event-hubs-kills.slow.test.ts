import { expect, test } from 'vitest'
import { DefenderHub } from '../defender-hub.ts'
import { killsWhileMessagesArrive } from '../kills-while-messages-arrive.ts'

const KILLS = 20
const MESSAGES = 2000

test(`${KILLS} kill -9 at random while ${MESSAGES} messages arrive on 4 partitions: every finding is there, every change once`, async (context) => {
  const hub = await DefenderHub.open(context)
  const outcome = await killsWhileMessagesArrive(hub, MESSAGES, KILLS)
  console.log('kill -9 of the collector of an event hub:', outcome)
  expect(outcome).toMatchObject({ kills: KILLS, revisions: MESSAGES, lines: MESSAGES, left: 0 })
  expect(outcome.atWork).toBeGreaterThanOrEqual(KILLS / 2)
  expect(outcome.byKilled).toBeGreaterThan(MESSAGES / 10)
  expect(outcome.last).toMatchObject({ open: MESSAGES, deadLetters: 0 })
})
