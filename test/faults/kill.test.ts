import { test } from 'vitest'
import { expectKillsToChangeNothing } from '../kills-of-the-main-job.ts'

test('12 kill -9 at random moments leave the same as an undisturbed run', { timeout: 600_000 }, () =>
  expectKillsToChangeNothing(12, 4),
)
