import { expect, test } from 'vitest'
import { PermanentError, TransientError } from './errors.ts'
import { patiently, type Patience } from './patience.ts'

const { signal } = new AbortController()

function bench(): { told: string[]; patience: Patience } {
  const told: string[] = []
  const note = (level: string) => (_fields: object, message: string) => void told.push(`${level}: ${message}`)
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const condition = {
    waiting: (reason: Error) => void told.push(`waits: ${reason.message}`),
    working: () => void told.push('works'),
    failed: () => void told.push('failed'),
  }
  const failed = ({ code }: Error & { readonly code: string }) => void told.push(`failed: ${code}`)
  const context = { log, clock: Date.now, condition }
  return { told, patience: { patience: '1m', whom: 'The service', context, failed } }
}

test('whoever looks at a collector learns at once that it waits, and when that is over', async () => {
  const { told, patience } = bench()
  let failures = 2
  const call = async (): Promise<string> => {
    if (failures-- > 0) throw new TransientError('AWS_UNAVAILABLE', 'HTTP 503', { fault: 'outage' })
    return 'answer'
  }
  expect(await patiently(patience, signal, call)).toBe('answer')
  expect(told).toEqual([
    'warn: The service has to be asked again, for 1m at most: HTTP 503.',
    'waits: HTTP 503',
    'failed: AWS_UNAVAILABLE',
    'waits: HTTP 503',
    'failed: AWS_UNAVAILABLE',
    'works',
  ])
})

test('a call that succeeds at once says nothing, and one that cannot succeed is not tried again', async () => {
  const { told, patience } = bench()
  expect(await patiently(patience, signal, async () => 1)).toBe(1)
  const refused = new PermanentError('AWS_REQUEST_REFUSED', 'no')
  await expect(
    patiently(patience, signal, async () => {
      throw refused
    }),
  ).rejects.toBe(refused)
  expect(told).toEqual([])
})

test('what will not pass within the patience is not waited for', async () => {
  const { told, patience } = bench()
  const busy = new TransientError('AWS_THROTTLED', 'come back tomorrow', { fault: 'outage', retryAfterMs: 86_400_000 })
  let asked = 0
  const call = async (): Promise<void> => {
    asked += 1
    throw busy
  }
  await expect(patiently(patience, signal, call)).rejects.toBe(busy)
  expect([asked, told]).toEqual([1, []])
})
