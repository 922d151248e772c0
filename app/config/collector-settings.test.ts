import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { ConfigError } from './mistake.ts'
import { sampleCatalogs } from './sample-catalogs.ts'

function load(settings: string) {
  const directory = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'posture.yaml')
  writeFileSync(
    file,
    `tenant: acme\nstream: { type: embedded, directory: ./data }\ncollectors:\n  nightly: { type: scanner-report, paths: [a.json]${settings} }\n`,
  )
  return loadConfig(file, sampleCatalogs, {})
}

test('what every collector takes stands beside its own settings', () => {
  const [collector] = load(', schedule: "0 */6 * * *", expectEvery: 26h').collectors
  expect(collector?.settings).toEqual({ schedule: '0 */6 * * *', expectEvery: '26h' })
  expect(Object.keys(collector?.config as object)).toEqual(['paths'])
  expect(load('').collectors[0]?.settings).toEqual({})
})

test.each([
  [
    ', schedule: hourly',
    'collectors.nightly.schedule  no cron expression of 5 or 6 fields; write minute, hour, day of month, month and day of week, in UTC: "30 2 * * *" is every night at 02:30',
  ],
  [', schedule: "0 25 * * *"', 'collectors.nightly.schedule  the field hour cannot be "25"; write minute,'],
  [', expectEvery: 26', 'collectors.nightly.expectEvery  must be a string, but is a number'],
  [', expectEvery: 1 day', 'collectors.nightly.expectEvery'],
  [', expectevery: 26h', 'collectors.nightly.expectevery  unknown key; did you mean "expectEvery"?'],
])('%s is told with its place and its remedy', (settings, message) => {
  const thrown = (): string => {
    try {
      load(settings)
      return ''
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return error.message
    }
  }
  expect(thrown()).toContain(message)
})
