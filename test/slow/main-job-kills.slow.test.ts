import { test } from 'vitest'
import { expectKillsToChangeNothing } from '../kills-of-the-main-job.ts'

test('30 kill -9 at random moments leave the same as an undisturbed run', () => expectKillsToChangeNothing(30, 8))
