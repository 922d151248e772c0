import { expect, test } from 'vitest'
import { killsWhileFindingsArrive } from '../kills-while-findings-arrive.ts'

const KILLS = 3
const FINDINGS = 300
/** Of 5 sample findings one has passed. */
const OPEN = (FINDINGS * 4) / 5

test(`${KILLS} kill -9 while ${FINDINGS} findings arrive in Security Hub lose nothing and repeat no change`, async () => {
  const outcome = await killsWhileFindingsArrive(FINDINGS, KILLS)
  console.log('kill -9 of the sweep of Security Hub:', outcome)
  expect(outcome).toMatchObject({ kills: KILLS, findings: OPEN, revisions: OPEN, lines: OPEN, deadLetters: 0 })
  expect(outcome.atWork).toBeGreaterThan(0)
  expect(outcome.last).toMatchObject({ changed: 0, open: OPEN, resolved: 0 })
})
