import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SampleProcess } from './commands/sample-process.ts'
import { sampleCatalogs } from './config/sample-catalogs.ts'

let sample: SampleProcess
beforeEach(() => (sample = new SampleProcess(sampleCatalogs)))
afterEach(() => sample[Symbol.dispose]())

describe('help', () => {
  test.each([
    [['--help'], 'The smallest configuration, posture.yaml:'],
    [['run', '--help'], '$ posture-stream run --config posture.yaml --until-idle'],
    [['check', '--help'], '$ posture-stream check --config posture.yaml'],
    [['findings', '--help'], 'list [options]'],
    [['findings', 'list', '--help'], '$ posture-stream findings list --config posture.yaml --priority P1,P2'],
    [['findings', 'show', '--help'], '$ posture-stream findings show 3f9a1c02 --config posture.yaml'],
    [['dead-letters', 'list', '--help'], '--stage sinks --component archive'],
    [['dead-letters', 'show', '--help'], '--raw > record.json'],
    [['help', 'run'], 'Usage: posture-stream run'],
    [['--version'], '1.2.3'],
  ])('%j is a result with examples', async (args, taught) => {
    const { code, out, err } = await sample.run(...args)
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(taught)
  })

  test.each([[[]], [['findings']], [['dead-letters']]])('is given where a command is missing: %j', async (args) => {
    const { code, out, err } = await sample.run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('Commands:')
  })
})

test.each([
  [['rnu'], 'Did you mean run?'],
  [['findings', 'lst'], 'Did you mean list?'],
  [['findings', 'list', '--config', 'x', '--priority', 'P5'], 'No such word: P5; did you mean "P1"?'],
  [['findings', 'show', '--config', 'x'], "missing required argument 'key'"],
  [['check'], "required option '-c, --config <file>'"],
  [['--log-level', 'loud', 'check', '-c', 'x'], 'Allowed choices are debug, info, warn, error, silent.'],
])('%j is wrong usage and says how to mend it', async (args, message) => {
  const { code, out, err } = await sample.run(...args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})
