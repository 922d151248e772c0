import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SampleCalls, describedBy } from './sample-calls.ts'
import { serviceDescribers } from './services.ts'

test('describers have names of their own, and no type has two', () => {
  const names = serviceDescribers.map(({ name }) => name)
  const types = serviceDescribers.flatMap(({ types: own }) => own)
  expect(new Set(names).size).toBe(names.length)
  expect(new Set(types).size).toBe(types.length)
})

test.each(serviceDescribers)('$name reads only: what it may do changes nothing', ({ permissions }) => {
  expect(permissions).not.toEqual([])
  for (const action of permissions) expect(action).toMatch(/^[a-z0-9-]+:(Describe|Get|List)[A-Z][A-Za-z]+$/)
  expect(permissions).not.toContain('secretsmanager:GetSecretValue')
})

test.each(serviceDescribers)('$name takes empty answers to every call', async (describer) => {
  const found = await describedBy(describer, new SampleCalls())
  for (const each of found) expect('uid' in each ? each.document.type : each.refused[0]).toBe(describer.types[0])
})

test('no client of AWS is loaded before it is needed', () => {
  const url = new URL('services.ts', `file://${import.meta.dirname}/`).href
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ resolve: (name, context, next) => (name.startsWith('@aws-sdk/') && loaded.push(name), next(name, context)) })
    await import(${JSON.stringify(url)})
    console.log(JSON.stringify(loaded))`
  const cwd = join(import.meta.dirname, '../../..')
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' })
  expect(JSON.parse(printed)).toEqual([])
})
