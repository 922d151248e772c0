import { expect, test } from 'vitest'
import { DefenderHub } from '../defender-hub.ts'
import { killsWhileMessagesArrive } from '../kills-while-messages-arrive.ts'

const KILLS = 3
const MESSAGES = 300

test(`${KILLS} kill -9 while ${MESSAGES} messages arrive on 4 partitions: every finding is there, every change once`, async (context) => {
  const hub = await DefenderHub.open(context)
  const outcome = await killsWhileMessagesArrive(hub, MESSAGES, KILLS)
  expect(outcome).toMatchObject({ kills: KILLS, revisions: MESSAGES, lines: MESSAGES, left: 0 })
  expect(outcome.last).toMatchObject({ open: MESSAGES, deadLetters: 0 })
})
