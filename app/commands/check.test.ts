import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { sinkSettings } from '../../sinks/settings.ts'
import type { SinkDefinition } from '../../sinks/sink.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { SampleProcess } from './sample-process.ts'

const closed: string[] = []

/** A sink whose check does what its configuration says. */
const scripted: SinkDefinition = {
  name: 'scripted',
  summary: 'Does what it is told',
  takes: 'latest-state',
  configSchema: Type.Object({ does: Type.String(), token: Type.Optional(Type.String({ secret: true })) }),
  create: (settings, { name }) => {
    const { does, token } = settings as { does: string; token?: Secret }
    if (does === 'not even start') throw new Error('cannot be made')
    return {
      check: async (): Promise<void> => {
        if (does === 'hang') await new Promise(() => {})
        if (does === 'fail') {
          const cause = new Error(`POST https://example.org/hook/T0K3N answered 401 to ${token?.reveal()}`)
          throw new TransientError('SINK_UNAUTHORIZED', 'the token is refused; make a new one', { cause })
        }
      },
      deliver: async () => [],
      close: async () => void closed.push(name),
    }
  },
}
const catalogs: Catalogs = { ...sampleCatalogs, sinks: [scripted] }

let sample: SampleProcess
beforeEach(() => {
  sample = new SampleProcess(catalogs)
  closed.length = 0
})
afterEach(() => sample[Symbol.dispose]())

function config(sinks: string, directory = './data'): string {
  return sample.file(
    'posture.yaml',
    `tenant: acme\nstream: { type: embedded, directory: ${directory} }\nsinks:\n${sinks}`,
  )
}

describe('check', () => {
  test('says of every component that it can work, and closes it again', async () => {
    const { code, out } = await sample.run('check', '-c', config('  a: { type: scripted, does: work }\n'))
    expect(code).toBe(0)
    expect(out).toBe('ok      stream   embedded\nok      sinks.a  scripted')
    expect(closed).toEqual(['a'])
  })

  test('tells what a sink with a filter gets', async () => {
    using own = new SampleProcess({ ...catalogs, everySink: sinkSettings })
    const sink =
      '{ type: scripted, does: work, filter: { priority: [P1, P2], account: ["12*"] }, omit: [resources.data], from: now }'
    const file = own.file(
      'posture.yaml',
      `tenant: acme\nstream: { type: embedded, directory: ./data }\nsinks: { a: ${sink} }\n`,
    )
    const { out } = await own.run('check', '-c', file)
    expect(out.split('\n').at(-1)).toBe(
      'ok      sinks.a  scripted: only priority P1 or P2, account 12*; without resources.data; from now',
    )
  })

  test('tells what is wrong with each, without secrets and without the paths of URLs', async () => {
    const sinks =
      '  a: { type: scripted, does: fail, token: CANARY-7f3 }\n  b: { type: scripted, does: not even start }\n  c: { type: scripted, does: work }\n'
    const { code, out, err } = await sample.run('check', '-c', config(sinks))
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      'ok      stream   embedded',
      'failed  sinks.a  the token is refused; make a new one: POST https://example.org answered 401 to [secret]',
      'failed  sinks.b  cannot be made',
      'ok      sinks.c  scripted',
    ])
    expect(out + err).not.toContain('CANARY')
    expect(closed.toSorted()).toEqual(['a', 'c'])
  })

  test('does not wait for ever', async () => {
    const started = performance.now()
    const { code, out } = await sample.run(
      'check',
      '-c',
      config('  a: { type: scripted, does: hang }\n'),
      '--timeout',
      '1',
    )
    expect(code).toBe(1)
    expect(out).toContain('failed  sinks.a  no answer in time: check the address and the network')
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('finds a stream directory that cannot be made', async () => {
    sample.file('taken', 'a file')
    const { code, out } = await sample.run(
      'check',
      '-c',
      config('  a: { type: scripted, does: work }\n', './taken/data'),
    )
    expect(code).toBe(1)
    expect(out).toMatch(/^failed {2}stream {3}.*taken/)
  })

  test('reports the mistakes of the configuration instead, and asks no component', async () => {
    const { code, out, err } = await sample.run('check', '-c', config('  a: { type: scripted, dose: work }\n'))
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain('posture.yaml:4:24  sinks.a.dose  unknown key; did you mean "does"?')
  })
})
