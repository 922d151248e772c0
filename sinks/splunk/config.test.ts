import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { configSchema } from './config.ts'

const least = { endpoints: ['https://splunk.example.com:8088'], token: '0a4f6c1e-7d5b-4f43-9a8e-2f0c7f1d9b11' }

function check(config: object): { valid: boolean; config: Record<string, unknown> } {
  const ajv = new Ajv2020({ useDefaults: true, strict: true, strictRequired: false })
  for (const keyword of ['secret', 'path']) ajv.addKeyword(keyword)
  const copy = structuredClone(config) as Record<string, unknown>
  return { valid: ajv.compile(configSchema)(copy), config: copy }
}

test('an address and a token are enough', () => {
  const { valid, config } = check(least)
  expect(valid).toBe(true)
  expect(config).toEqual({
    ...least,
    sourcetypePrefix: 'ocsf:',
    source: 'posture-stream',
    compression: true,
    maxBatchBytes: 800_000,
    maxEventBytes: 900_000,
    requestTimeoutMs: 30_000,
  })
  expect(check({ ...least, acknowledge: {} }).config['acknowledge']).toEqual({ deadlineMs: 120_000, pollMs: 1000 })
})

test.each<[string, object]>([
  ['no endpoint', { endpoints: [] }],
  ['an endpoint with a user', { endpoints: ['https://user:pass@splunk.example.com:8088'] }],
  ['an endpoint with a query', { endpoints: ['https://splunk.example.com:8088/?token=abc'] }],
  ['an endpoint without a scheme', { endpoints: ['splunk.example.com:8088'] }],
  ['the same endpoint twice', { endpoints: [least.endpoints[0], least.endpoints[0]] }],
  ['a token with a line break', { token: 'abc\n' }],
  ['a token with the scheme before it', { token: 'Splunk abc' }],
  ['an index of capitals', { index: 'Posture' }],
  ['an internal index', { index: '_internal' }],
  ['a room for events that no finding fits in', { maxEventBytes: 100 }],
  ['a setting that does not exist', { acknowledge: { deadline: 5 } }],
])('%s is refused', (_, change) => {
  expect(check({ ...least, ...change }).valid).toBe(false)
})

test('every setting is described', () => {
  const missing = Object.entries(configSchema.properties).filter(([, schema]) => !('description' in schema))
  expect(missing.map(([name]) => name)).toEqual([])
})
