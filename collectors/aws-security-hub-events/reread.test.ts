import { expect, test } from 'vitest'
import { MessageReading } from '../messages/message-reading.ts'
import { mapFinding } from './map-finding.ts'
import { readBody } from './message-body.ts'
import { sampleEvent, sampleFinding } from './sample-events.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const metrics = { count() {}, gauge() {}, observe() {} }
const context = { name: 'queue', tenant: 'acme', log: quiet, metrics, clock: Date.now }
const reading = new MessageReading(context, 'findings', { open: readBody, map: mapFinding })
const letter = (body: unknown) => ({ bytes: Buffer.from(JSON.stringify(body)), origin: 'findings/m1', time: 5 })

test('a message that was set aside gives the events that it would have given', () => {
  const body = sampleEvent([sampleFinding(1), sampleFinding(2)])
  const message = { id: 'm1', body: JSON.stringify(body), sentAt: 5 }
  const told = ({ id, type }: { id: string; type: string }): string => `${type} ${id}`
  const events = reading.reread(letter(body))
  expect(events).toHaveLength(2)
  expect(events.map(told)).toEqual(reading.read([message]).batch.events.map(told))
})

test('one of which anything cannot be read still gives none', () => {
  const body = sampleEvent([sampleFinding(1), { Id: 3 }])
  expect(() => reading.reread(letter(body))).toThrow(/1 of its 2 findings could not be read/)
})
