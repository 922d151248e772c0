/**
 * Writes what is imported elsewhere and made of definitions here: `node deploy/generate.ts`. With --check nothing is written,
 * and a difference from the files is exit code 1.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardFile } from './grafana/dashboard.ts'
import { ndjson } from './opensearch/dashboards.ts'
import { alertRules } from './prometheus/alert-rules.ts'
import { alertsFile } from './prometheus/alerts-file.ts'

const check = process.argv.includes('--check')
const files = {
  'grafana/dashboards/posture-stream.json': dashboardFile(),
  'opensearch/dashboards.ndjson': ndjson(),
  'prometheus/alerts.yaml': alertsFile(alertRules()),
}

for (const [name, text] of Object.entries(files)) {
  const file = join(import.meta.dirname, name)
  if (!check) writeFileSync(file, text)
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`Out of date: deploy/${name}. Run \`npm run generate\` and commit the result.\n`)
    process.exitCode = 1
  }
}
