/**
 * Writes dashboards.ndjson: `node deploy/opensearch/generate.ts`. With --check nothing is written, and a difference from
 * the file is exit code 1.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ndjson } from './dashboards.ts'

const file = join(import.meta.dirname, 'dashboards.ndjson')

if (!process.argv.includes('--check')) writeFileSync(file, ndjson())
else if (readFileSync(file, 'utf8') !== ndjson()) {
  process.stderr.write(
    'deploy/opensearch/dashboards.ndjson is older than what it is made of; run: node deploy/opensearch/generate.ts\n',
  )
  process.exitCode = 1
}
