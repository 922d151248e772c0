/** Writes the band of every combination of the ladders into bands.txt; `--check` fails when it differs from what is there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ruleset } from '../ruleset.ts'
import { TABLES } from '../tables.ts'
import { bandLines } from './band-lines.ts'

const target = join(import.meta.dirname, 'bands.txt')
const check = process.argv.includes('--check')
const text = bandLines(new Ruleset(TABLES))
const isCurrent = existsSync(target) && readFileSync(target, 'utf8') === text
if (check && !isCurrent) {
  console.error(
    'Out of date: enrichment/priority/golden/bands.txt. Run `npm run generate`, and read the difference before you commit it.',
  )
  process.exitCode = 1
} else {
  if (!isCurrent) writeFileSync(target, text)
  console.log(`Bands of all combinations ${isCurrent ? 'up to date' : 'written'}`)
}
