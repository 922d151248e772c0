import { expect, test } from 'vitest'
import { Pacer } from '../../core/pacer.ts'
import { PermanentError, TransientError } from '../../core/errors.ts'
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
  const pacer = new Pacer({ perSecond: 1000, burst: 1 })
  return {
    told,
    patience: { patience: '1m', pacer, context: { log, clock: Date.now, condition }, whom: 'The service' },
  }
}

test('whoever looks at a collector learns at once that it waits for AWS, and when that is over', async () => {
  const { told, patience } = bench()
  let failures = 2
  const call = async (): Promise<string> => {
    if (failures-- > 0) throw new TransientError('AWS_UNAVAILABLE', 'HTTP 503', { fault: 'outage' })
    return 'answer'
  }
  expect(await patiently(patience, signal, call)).toBe('answer')
  expect(told).toEqual([
    'warn: The service has to be asked again: HTTP 503.',
    'waits: HTTP 503',
    'waits: HTTP 503',
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
