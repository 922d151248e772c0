import { expect, test } from 'vitest'
import { calledAs } from './called-as.ts'

test('a hint can be typed as it stands, in a clone and where the command is installed', () => {
  expect(calledAs({ npm_lifecycle_event: 'posture-stream' })).toBe('npm run posture-stream --')
  expect(calledAs({ npm_lifecycle_event: 'start' })).toBe('npm run posture-stream --')
  expect(calledAs({ npm_lifecycle_event: 'test' })).toBe('posture-stream')
  expect(calledAs({})).toBe('posture-stream')
})
