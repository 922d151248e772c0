import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { ACTIONS } from './access.ts'
import { configSchema, lanesOf } from './config.ts'
import { describers } from './describers.ts'

test('the policy allows what is called, and nothing else', () => {
  const called = new Set(describers.flatMap(({ permissions }) => permissions))
  expect(ACTIONS).toEqual([...called].toSorted())
})

test('nothing that is allowed changes anything, or reads what is stored', () => {
  expect(ACTIONS.filter((each) => !/^[a-z0-9]+:(Describe|Get|List)/.test(each))).toEqual([])
  expect(ACTIONS.filter((each) => /GetObject$|GetSecretValue|ReceiveMessage|:Get\*/.test(each))).toEqual([])
})

test('every describer has a name of its own, and every type one describer', () => {
  const names = describers.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const types = describers.flatMap((each) => each.types)
  expect(types.filter((each, at) => types.indexOf(each) !== at)).toEqual([])
})

test('what the configuration can leave out is what there is', () => {
  const services = [...new Set(describers.map(({ service }) => service))]
  expect(Value.Check(configSchema, Value.Default(configSchema, { regions: ['eu-west-1'], leaveOut: services }))).toBe(
    true,
  )
  const other = Value.Default(configSchema, { regions: ['eu-west-1'], leaveOut: ['ec3'] })
  expect(Value.Check(configSchema, other)).toBe(false)
})

test('accounts are read region by region, each role once, and what has no region where the partition keeps it', () => {
  const roleArn = 'arn:aws-cn:iam::111122223333:role/reader'
  const lanes = lanesOf({ regions: ['cn-northwest-1', 'cn-north-1'], accounts: [{ roleArn }, { roleArn }] })
  expect(lanes.map(({ region, asked }) => [region, asked])).toEqual([
    ['', 'cn-north-1'],
    ['cn-northwest-1', 'cn-northwest-1'],
    ['cn-north-1', 'cn-north-1'],
  ])
})
