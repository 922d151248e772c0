import { describe, expect, test } from 'vitest'
import { PermanentError, TransientError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { Scrubber } from './scrub.ts'
import { createLogger, errorSentence, type LogLevel } from './telemetry.ts'

const canary = new Secret('CANARY-7f3')

function logger(options: { level?: LogLevel; pretty?: boolean } = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const { level = 'debug', pretty = false } = options
  const log = createLogger({ level, pretty, colour: false, scrubber: new Scrubber([canary]), destination })
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('the log', () => {
  test('is one JSON object per line with level, time, what was bound, the fields and the sentence', () => {
    const { log, entries } = logger()
    log.child({ stage: 'sinks', name: 'archive' }).warn({ count: 3 }, 'Three were late.')
    expect(entries()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        stage: 'sinks',
        name: 'archive',
        count: 3,
        msg: 'Three were late.',
      },
    ])
  })

  test('leaves out what is below its level', () => {
    const { log, lines } = logger({ level: 'warn' })
    log.info({}, 'not told')
    log.error({}, 'told')
    expect(lines).toHaveLength(1)
  })

  test('tells of an error its code, its message and the whole chain of causes', () => {
    const { log, entries } = logger()
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    log.error({ error: new TransientError('SINK_DOWN', 'the sink is down', { cause: refused }) }, 'It waits.')
    expect(entries()[0]!['error']).toEqual({
      code: 'SINK_DOWN',
      message: 'the sink is down',
      cause: {
        code: 'ECONNREFUSED',
        message: 'connect ECONNREFUSED',
        stack: expect.stringContaining('Error') as string,
      },
    })
  })

  test.each([false, true])('shows no secret, wherever it stands (for people: %s)', (pretty) => {
    const { log, lines } = logger({ pretty })
    const value = canary.reveal()
    const echoed = new Error(`500: {"authorization":"Splunk ${value}"}`, { cause: new Error(`at https://h/${value}`) })
    const aggregate = new AggregateError([new Error(value)], value)
    const child = log.child({ token: value })
    child.info({ canary, list: [{ deep: value }], [value]: 1, headers: { authorization: `Bearer ${value}` } }, value)
    child.error({ error: echoed }, 'failed')
    child.error({ err: aggregate }, 'failed')
    child.warn({ url: 'https://user:pw@example.org/hook/T0K3N?x=1', basic: Buffer.from(value).toString('base64') }, 'x')
    const all = lines.join('')
    expect(all).toContain('[secret]')
    expect(all).toContain('https://example.org')
    for (const hidden of [value, Buffer.from(value).toString('base64'), 'T0K3N', 'pw@'])
      expect(all).not.toContain(hidden)
  })

  test('survives an error that causes itself', () => {
    const { log, lines } = logger()
    const error = new Error('round')
    error.cause = error
    log.error({ error }, 'told')
    expect(lines).toHaveLength(1)
  })
})

test('an error for a terminal is one sentence, each message once', () => {
  const cause = new PermanentError('A', 'the disk is full')
  expect(errorSentence(new PermanentError('B', 'cannot write: the disk is full', { cause }))).toBe(
    'cannot write: the disk is full',
  )
  expect(errorSentence(new PermanentError('B', 'cannot write', { cause }))).toBe('cannot write: the disk is full')
  expect(errorSentence(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED')
})
