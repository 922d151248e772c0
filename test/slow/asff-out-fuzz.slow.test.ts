import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorCode } from '../../core/errors.ts'
import { toOcsf } from '../../enrichment/ocsf/ocsf.ts'
import { toAsff } from '../../sinks/security-hub/asff/finding.ts'
import { Dice, randomFinding } from '../../sinks/security-hub/sample-events.ts'
import { anyContext, anyEmission, anyState } from '../oracle/any-finding.ts'
import { asffProblems } from '../servers/security-hub/limits.ts'

const COUNT = 200_000
const PLACE = { account: '111122223333', region: 'eu-west-1' }

test('of 200,000 random and mutated findings Security Hub would refuse none', () => {
  const dice = new Dice(20_251_125)
  const outcomes = new Map<string, number>()
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  let seconds = 0
  for (let index = 0; index < COUNT; index += 1) {
    const finding = randomFinding(dice, index % 3 === 0 ? 0 : index % 20)
    const began = process.cpuUsage()
    let asff: unknown
    try {
      ;({ asff } = toAsff(finding, PLACE))
    } catch (error) {
      count(errorCode(error))
    }
    const { user, system } = process.cpuUsage(began)
    seconds += (user + system) / 1e6
    if (asff !== undefined) {
      mustBeTaken(asff, finding)
      count('taken')
    }
  }
  console.log(`${COUNT} findings: ${JSON.stringify(Object.fromEntries(outcomes))}`)
  console.log(`${Math.round(COUNT / seconds)} findings per CPU second`)
  expect([...outcomes.keys()].filter((code) => code !== 'taken' && code !== 'SECURITY_HUB_FINDING_INCOMPLETE')).toEqual(
    [],
  )
}, 1_800_000)

test('of 20,000 findings as enrichment makes them Security Hub would refuse none', () => {
  const tuples = fc.tuple(anyState, anyContext, anyEmission)
  const any = fc.sample(tuples, { numRuns: 20_000, seed: 20_251_125 })
  for (const [state, context, emission] of any) {
    const { status, revision, cause } = emission
    const event = toOcsf(state, context, emission)
    const priority = context.priority?.band ?? 'P4'
    const finding = { key: state.key, tenant: state.tenant, revision, state: status, priority, cause, event }
    const { asff } = toAsff({ ...finding, bytes: new Uint8Array() }, PLACE)
    mustBeTaken(asff, event)
  }
}, 1_800_000)

/** Told with what it was made of only when there is something to tell: most of the time would go into that. */
function mustBeTaken(asff: unknown, madeOf: unknown): void {
  const problems = asffProblems(asff, PLACE)
  if (problems.length > 0) expect.fail(`${problems.join(', ')}: ${JSON.stringify(madeOf)}`)
}
