#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

const OLDEST_NODE = 24

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `posture-stream needs Node ${OLDEST_NODE} or newer; this is ${process.version}. In a clone: npm run posture-stream -- …`,
  )
  process.exit(2)
}
// The part of the heap in which everything is born stays small: reading 1 GB of report takes 190 MB less, and no more time
// (bench/report.ts). A V8 that does not know it says so and goes on.
setFlagsFromString('--semi-space-growth-factor=1')
// What was compiled once need not be again: that is half of the time that a command takes to start. The cache lies where only
// those can write who can write the program; where this user cannot, there is none.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'))
// Only now: what is imported from here on needs that version.
const { main } = await import('./main.ts')
process.exit(await main(process.argv.slice(2), (code) => process.exit(code)))
