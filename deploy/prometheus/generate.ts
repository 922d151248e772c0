/**
 * Writes alerts.yaml: `node deploy/prometheus/generate.ts`. With --check nothing is written, and a difference from the file
 * is exit code 1.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alertRules } from './alert-rules.ts'
import { alertsFile } from './alerts-file.ts'

const file = join(import.meta.dirname, 'alerts.yaml')
const text = alertsFile(alertRules())

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write(
    'deploy/prometheus/alerts.yaml is older than what it is made of; run: node deploy/prometheus/generate.ts\n',
  )
  process.exitCode = 1
}
