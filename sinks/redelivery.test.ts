import { expect, test } from 'vitest'
import { unwatched } from '../core/condition.ts'
import { PermanentError } from '../core/errors.ts'
import { redeliver } from './redelivery.ts'
import { sampleFinding } from './sample-findings.ts'
import type { PostureFinding, Sink } from './sink.ts'

const delivery = { maxAttempts: 2, initialBackoffMs: 1, maxBackoffMs: 2, batch: 10 }
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const context = { name: 'siem', log: quiet, metrics: { count() {}, gauge() {}, observe() {} }, condition: unwatched }
const { signal } = new AbortController()

function keeping(taken: PostureFinding[]): Sink {
  return {
    check: async () => {},
    deliver: async (findings) =>
      findings.map((finding) => {
        if (finding.key === 'bad') return { status: 'failed', error: new PermanentError('REFUSED', 'no') }
        taken.push(finding)
        return { status: 'delivered' }
      }),
  }
}

test('a late finding says so in metadata.labels, whatever else is left out; the others stay as they are', async () => {
  const taken: PostureFinding[] = []
  const [late, current] = [sampleFinding('a'), sampleFinding('b')]
  const redeliveries = [
    { finding: late, isLate: true },
    { finding: current, isLate: false },
  ]
  const settings = { delivery, omit: ['metadata.labels', 'message'] }
  expect(await redeliver(keeping(taken), redeliveries, settings, context, signal)).toEqual([])
  const { message: _message, ...rest } = late.event
  const metadata = { ...(late.event['metadata'] as object), labels: ['late'] }
  expect(taken.map(({ event }) => event)).toEqual([
    { ...rest, metadata },
    { ...current.event, message: undefined },
  ])
  expect(JSON.parse(Buffer.from(taken[0]!.bytes).toString())).toEqual(taken[0]!.event)
})

test('labels that an event has are kept, and no label is there twice', async () => {
  const taken: PostureFinding[] = []
  const finding = sampleFinding('a')
  const event = { ...finding.event, metadata: { ...(finding.event['metadata'] as object), labels: ['mine', 'late'] } }
  await redeliver(
    keeping(taken),
    [{ finding: { ...finding, event }, isLate: true }],
    { delivery, omit: [] },
    context,
    signal,
  )
  expect(taken[0]!.event['metadata']).toMatchObject({ labels: ['mine', 'late'] })
})

test('what is refused again is told with its reason, and the others are delivered', async () => {
  const taken: PostureFinding[] = []
  const redeliveries = ['a', 'bad', 'c'].map((key) => ({ finding: sampleFinding(key), isLate: false }))
  const again = await redeliver(keeping(taken), redeliveries, { delivery, omit: [] }, context, signal)
  expect(again).toMatchObject([{ of: redeliveries[1], error: { code: 'REFUSED' } }])
  expect(taken.map(({ key }) => key)).toEqual(['a', 'c'])
})
