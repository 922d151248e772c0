import { expect, test } from 'vitest'
import type { Exposure } from '../exposure.ts'
import { worstOf } from './worst-of.ts'

const exposure = (value: Exposure['value'], change: Partial<Exposure> = {}): Exposure => ({
  value,
  certainty: value === undefined ? 'possible' : 'certain',
  routes: [],
  closedBy: [],
  inputs: [{ uid: `input of ${value}`, version: 1 }],
  missing: value === undefined ? ['a document'] : [],
  ...change,
})
const of = (...exposures: readonly Exposure[]) => worstOf({ exposures, missing: [] })

test('the worst counts, whatever the order, and a certain one before a possible one', () => {
  const [none, internet] = [exposure('none'), exposure('internet')]
  expect(of(none, internet)).toMatchObject({ value: 'internet', inputs: internet.inputs })
  expect(of(internet, none)).toEqual(of(none, internet))
  expect(of(exposure('internet', { certainty: 'possible' }), internet).certainty).toBe('certain')
})

test('what is closed rests on all of them', () => {
  const hop = (text: string) => ({ uid: text, text })
  const found = of(
    exposure('none', { closedBy: [hop('one')] }),
    exposure('internal', { closedBy: [hop('one'), hop('two')] }),
  )
  expect(found).toMatchObject({ value: 'internal', closedBy: [hop('one'), hop('two')] })
  expect(found.inputs.map(({ uid }) => uid)).toEqual(['input of none', 'input of internal'])
})

test.each([
  ['none', undefined],
  ['cross_boundary', undefined],
  ['internet_restricted', 'internet_restricted'],
  ['internet', 'internet'],
] as const)('while another is unknown, %s is %s, and what is missing is said', (value, expected) => {
  expect(of(exposure(value), exposure(undefined))).toMatchObject({ value: expected, missing: ['a document'] })
  expect(worstOf({ exposures: [exposure(value)], missing: ['more'] })).toMatchObject({
    value: expected,
    missing: ['more'],
  })
})

test('of nothing nothing is known', () => {
  expect(of()).toMatchObject({ value: undefined, routes: [] })
})
