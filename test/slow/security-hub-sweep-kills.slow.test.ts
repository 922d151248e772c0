import { expect, test } from 'vitest'
import { killsWhileFindingsArrive } from '../kills-while-findings-arrive.ts'

const KILLS = 20
const FINDINGS = 2000
/** Of 5 sample findings one has passed. */
const OPEN = (FINDINGS * 4) / 5

test(`${KILLS} kill -9 at random while ${FINDINGS} findings arrive in Security Hub: all are there, every change once`, async () => {
  const outcome = await killsWhileFindingsArrive(FINDINGS, KILLS)
  console.log('kill -9 of the sweep of Security Hub:', outcome)
  expect(outcome).toMatchObject({ kills: KILLS, findings: OPEN, revisions: OPEN, lines: OPEN, deadLetters: 0 })
  expect(outcome.atWork).toBeGreaterThanOrEqual(KILLS / 2)
  expect(outcome.byKilled).toBeGreaterThan(OPEN / 10)
  expect(outcome.last).toMatchObject({ changed: 0, open: OPEN, resolved: 0 })
})
