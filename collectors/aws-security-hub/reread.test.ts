import { expect, test } from 'vitest'
import { reread } from './finding-batches.ts'
import { sampleFinding } from './sample-finding.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const metrics = { count() {}, gauge() {}, observe() {} }
const context = { name: 'hub', tenant: 'acme', log: quiet, metrics, clock: Date.now }
const letter = (bytes: string) => ({ bytes: Buffer.from(bytes), origin: 'security-hub/eu-west-1/x', time: 5 })

test('a finding that was set aside is read as the source would give it outside of a scan', () => {
  const events = reread(letter(JSON.stringify(sampleFinding(1))), { context, api: 'v1' })
  expect(events).toMatchObject([{ type: 'finding.observed', identity: { resource: 'arn:aws:s3:::bucket-1' } }])
  expect(events[0]).not.toHaveProperty('scan')
})

test.each(['{"Id": 3}', 'null', '{"Id":'])('%s cannot be read still, and says why', (bytes) => {
  expect(() => reread(letter(bytes), { context, api: 'v1' })).toThrow(expect.objectContaining({ retryable: false }))
})
