import { expect, test } from 'vitest'
import { ruleProblemsIn } from './rule-problems.ts'
import type { AssetRule } from './rules.ts'

const first: AssetRule = { name: 'one', when: { provider: 'aws', accounts: ['123456789012', '22*'] }, asset: 'prod' }
const told = (...rules: AssetRule[]): string[] =>
  ruleProblemsIn({ rules }).map(({ at, problem, remedy }) => `${at.join('.')}: ${problem}; ${remedy}`)

test.each<[string, AssetRule, string | undefined]>([
  ['a right rule', { when: { tag: { name: 'team', value: 'pay*' } }, owner: { fromTag: 'team' } }, undefined],
  ['no condition', { when: {}, asset: 'prod' }, 'rules.1.when: no condition; say which resources it is about'],
  ['nothing said', { when: { provider: 'aws' } }, 'rules.1: says nothing; add asset, data, owner, or some of these'],
  ['a blank pattern', { when: { region: ' ' }, asset: 'dev' }, 'rules.1.when.region: nothing but white space'],
  [
    'a blank value of a tag',
    { when: { tag: { name: 'x', value: ' ' } }, asset: 'dev' },
    'rules.1.when.tag.value: nothing but white space',
  ],
  [
    'a blank account',
    { when: { accounts: ['1', ''] }, asset: 'dev' },
    'rules.1.when.accounts.1: nothing but white space',
  ],
  [
    'a star in the name of a tag',
    { when: { tag: { name: 'te*' } }, asset: 'dev' },
    'rules.1.when.tag.name: no tag has such a name',
  ],
  [
    'an account of AWS that lost its zero',
    { when: { provider: 'aws', accounts: ['12345678901'] }, asset: 'dev' },
    'rules.1.when.accounts.0: not the 12 digits of an account of AWS; write all of them, leading zeros too, in quotes',
  ],
  ['an owner without a letter', { when: { region: 'x' }, owner: '--' }, 'rules.1.owner: neither a letter nor a digit'],
  [
    'an owner from tags of a pattern',
    { when: { region: 'x' }, owner: { fromTag: '*team' } },
    'rules.1.owner.fromTag: no tag has such a name',
  ],
  ['such an account elsewhere', { when: { accounts: ['12345678901'] }, asset: 'dev' }, undefined],
  [
    'a name that is taken',
    { name: 'one', when: { region: 'x' }, asset: 'dev' },
    'rules.1.name: entry 1 has this name already',
  ],
  ['the same condition, saying something else', { when: first.when, data: 'internal' }, undefined],
  ['the same again', { when: first.when, asset: 'dev' }, 'rules.1: never counts: entry 1 holds wherever this one does'],
  [
    'a narrower one that comes too late',
    { when: { accounts: ['221122112211'], provider: 'AWS', region: 'x' }, asset: 'dev' },
    'rules.1: never counts: entry 1 holds wherever this one does',
  ],
  ['a narrower one that says more', { when: { ...first.when, region: 'x' }, asset: 'dev', data: 'none' }, undefined],
  ['a wider one', { when: { provider: 'aws' }, asset: 'dev' }, undefined],
  [
    'other accounts',
    { when: { provider: 'aws', accounts: ['123456789012', '3'.repeat(12)] }, asset: 'dev' },
    undefined,
  ],
])('%s', (_what, rule, message) => {
  const problems = told(first, rule)
  expect(problems).toHaveLength(message === undefined ? 0 : 1)
  if (message !== undefined) expect(problems[0]).toContain(message)
})

test('a tag of any value decides before one of a certain value, but not the other way round', () => {
  const any: AssetRule = { when: { tag: { name: 'Team' } }, owner: 'x' }
  const one: AssetRule = { when: { tag: { name: 'team', value: 'a' } }, owner: 'y' }
  expect(told(any, one)).toHaveLength(1)
  expect(told(one, any)).toEqual([])
  const [question, star] = ['a?', 'a*'].map((value): AssetRule => ({
    when: { tag: { name: 't', value } },
    asset: 'dev',
  }))
  expect(told(question!, star!)).toEqual([])
  expect(told(star!, question!)).toHaveLength(1)
})

test('an owner that depends on a tag leaves the question open', () => {
  const when = { provider: 'aws' }
  expect(told({ when, owner: { fromTag: 'team' } }, { when, owner: 'platform' })).toEqual([])
  expect(told({ when, owner: 'platform' }, { when, owner: { fromTag: 'team' } })).toHaveLength(1)
})

test('a rule without a condition is told once, and not with every rule after it', () => {
  expect(told({ when: {}, asset: 'prod' }, { when: { provider: 'aws' }, asset: 'dev' })).toHaveLength(1)
})

test('a configuration without rules has no problem', () => {
  expect(ruleProblemsIn({})).toEqual([])
})
