import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { sinkSettings } from '../../sinks/settings.ts'
import type { SinkDefinition } from '../../sinks/sink.ts'
import { catalogs as real } from '../catalog.ts'
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

/** The lines before the first empty one. */
function verdictsIn(out: string): string[] {
  return out.split('\n\n')[0]!.split('\n')
}

describe('check', () => {
  test('says of every component that it can work, and closes it again', async () => {
    const { code, out } = await sample.run('check', '-c', config('  a: { type: scripted, does: work }\n'))
    expect(code).toBe(0)
    expect(verdictsIn(out)).toEqual(['ok      stream   embedded', 'ok      sinks.a  scripted'])
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
    expect(verdictsIn(out).at(-1)).toBe(
      'ok      sinks.a  scripted: only priority P1 or P2, account 12*; without resources.data; from now',
    )
  })

  test('tells what is wrong with each, without secrets and without the paths of URLs', async () => {
    const sinks =
      '  a: { type: scripted, does: fail, token: CANARY-7f3 }\n  b: { type: scripted, does: not even start }\n  c: { type: scripted, does: work }\n'
    const { code, out, err } = await sample.run('check', '-c', config(sinks))
    expect(code).toBe(1)
    expect(verdictsIn(out)).toEqual([
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

describe('what check explains', () => {
  test('is what would be read, made of it and written, what would not be done, and what to do next', async () => {
    using own = new SampleProcess(real)
    own.file('report-1.json', '[]')
    own.file('report-2.json', '[]')
    const { code, out } = await own.run('check', '-c', own.file('posture.yaml', WHOLE))
    expect(code).toBe(0)
    const said = out.replaceAll(/\s+/g, ' ')
    for (const part of [
      'paths: report-*.json. 2 reports are there; the newest is report-',
      'It is read at "30 2 * * *", next at 20',
      'Silence of more than 26h is a warning and a finding of its own.',
      'In data on this machine, for one process at a time',
      'by the shipped tables, with changes',
      'by 1 rule and common tags',
      'Gets only priority P1 or P2.',
      'answered on http://127.0.0.1:9464',
      'Traces of 10 % of findings are sent to http://127.0.0.1:4318.',
      'posture-stream findings and explain have nothing to read',
      'It proves no exposure',
      'Next posture-stream run --config posture.yaml --until-idle',
    ])
      expect(said).toContain(part)
  })

  test('is there for programs too', async () => {
    using own = new SampleProcess(real)
    const { out } = await own.run('check', '--json', '-c', own.file('posture.yaml', WHOLE))
    const { ok, components, outlook } = JSON.parse(out) as {
      ok: boolean
      components: { name: string; ok: boolean }[]
      outlook: { title: string }[]
    }
    expect(ok).toBe(true)
    expect(components.map(({ name }) => name)).toEqual(['stream', 'collectors.nightly', 'sinks.archive'])
    expect(outlook.map(({ title }) => title)).toContain('Writes')
  })

  test('holds no secret, and says first what is to be mended', async () => {
    const { out } = await sample.run('check', '-c', config('  a: { type: scripted, does: fail, token: CANARY-7f3 }\n'))
    expect(out).toContain('does: fail; token: [secret].')
    expect(out).not.toContain('CANARY')
    expect(out).toContain('Next\n  Mend first:\n    sinks.a: the token is refused; make a new one: ')
    expect(out).toMatch(/\n {2}posture-stream check --config posture\.yaml$/)
    expect(out).not.toContain('posture-stream run')
  })
})

const WHOLE = `
tenant: acme
stream: { type: embedded, directory: ./data }
collectors:
  nightly: { type: scanner-report, paths: ["report-*.json"], schedule: "30 2 * * *", expectEvery: 26h }
enrichment:
  priority: { dueDays: { P1: 1 } }
  assets: { rules: [{ when: { accounts: ["1*"] }, owner: payments }] }
sinks:
  archive: { type: file, directory: ./out, filter: { priority: [P1, P2] } }
admin: {}
tracing: { endpoint: "http://127.0.0.1:4318/v1/traces", sampleRatio: 0.1 }
`
