import { describe, expect, test } from 'vitest'
import { BrokerReport } from './broker-report.ts'

function report(...brokers: readonly string[]): { report: BrokerReport; lines: string[] } {
  const lines: string[] = []
  const line = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`)
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  return { report: new BrokerReport(brokers, log), lines }
}

describe('what the operator hears of brokers', () => {
  test('one of several that is away is a warning, once, and told again when it answers', () => {
    const { report: told, lines } = report('a:1', 'b:1')
    for (let attempt = 0; attempt < 100; attempt += 1) told.failed('a:1', 'it refuses the connection')
    told.answered('b:1')
    expect(lines).toEqual(['warn Kafka broker a:1 cannot be reached: it refuses the connection.'])
    told.answered('a:1')
    told.answered('a:1')
    expect(lines.slice(1)).toEqual(['info Kafka broker a:1 answers again.'])
  })

  test('none left is an error, once, that names them all', () => {
    const { report: told, lines } = report('a:1', 'b:1')
    for (let attempt = 0; attempt < 100; attempt += 1) {
      told.failed('a:1', 'it refuses the connection')
      told.failed('b:1', 'no connection within 1 s')
    }
    expect(lines).toHaveLength(2)
    expect(lines[1]).toBe(
      'error No Kafka broker can be reached (a:1: it refuses the connection; b:1: no connection within 1 s). Check stream.brokers, the network and that they run; it is tried again.',
    )
    told.answered('b:1')
    expect(lines[2]).toBe('info Kafka broker b:1 answers again.')
  })

  test('one that comes and goes does not fill the log', () => {
    const { report: told, lines } = report('a:1', 'b:1')
    for (let attempt = 0; attempt < 100; attempt += 1) {
      told.failed('a:1', 'it ends the connection')
      told.answered('a:1')
    }
    expect(lines).toHaveLength(2)
  })

  test('one that the cluster named counts as well', () => {
    const { report: told, lines } = report('a:1')
    told.answered('a:1')
    told.failed('b:1', 'the name is not known')
    expect(lines).toEqual(['warn Kafka broker b:1 cannot be reached: the name is not known.'])
  })
})
