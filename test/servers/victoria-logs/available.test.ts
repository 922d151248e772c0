import { expect, test } from 'vitest'
import { whyNoVictoriaLogs } from './available.ts'

const withoutGo = { missing: () => ['install Go (no go in PATH)'] }

test('a machine without Go says what to install, and fails where VictoriaLogs is required', () => {
  expect(whyNoVictoriaLogs({}, withoutGo)).toBe('no VictoriaLogs: install Go (no go in PATH)')
  expect(() => whyNoVictoriaLogs({ VICTORIA_LOGS_REQUIRED: '1' }, withoutGo)).toThrow('install Go')
})

test('nothing is missing where it is built, or Go is there', () => {
  expect(whyNoVictoriaLogs({ VICTORIA_LOGS_REQUIRED: '1' }, { missing: () => [] })).toBeUndefined()
})
