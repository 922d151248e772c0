/**
 * Writes dashboards/posture-stream.json: `node deploy/grafana/generate.ts`. With --check nothing is written, and a difference
 * from the file is exit code 1.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardFile } from './dashboard.ts'

const file = join(import.meta.dirname, 'dashboards/posture-stream.json')

if (!process.argv.includes('--check')) writeFileSync(file, dashboardFile())
else if (readFileSync(file, 'utf8') !== dashboardFile()) {
  process.stderr.write(
    'deploy/grafana/dashboards/posture-stream.json is older than what it is made of; run: node deploy/grafana/generate.ts\n',
  )
  process.exitCode = 1
}
