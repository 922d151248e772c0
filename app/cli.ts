#!/usr/bin/env node
const OLDEST_NODE = 24

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `posture-stream needs Node ${OLDEST_NODE} or newer; this is ${process.version}. In a clone: npm run posture-stream -- …`,
  )
  process.exit(2)
}
// Only now: what is imported from here on needs that version.
const { main } = await import('./main.ts')
process.exit(await main(process.argv.slice(2), (code) => process.exit(code)))
