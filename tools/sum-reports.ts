/** Adds up vitest's JSON reports and the steps that failed: `sum-reports.ts FAILED_STEPS REPORT…`. Exits 1 unless all passed. */
import { existsSync, readFileSync } from 'node:fs'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
}

const [failedSteps = '0', ...paths] = process.argv.slice(2)
let passed = 0
let failed = 0
for (const path of paths.filter((each) => existsSync(each))) {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report
  passed += report.numPassedTests
  failed += report.numFailedTests
}
// A step can fail without a failing test: a file that does not load, a check, a time limit.
failed = Math.max(failed, Number(failedSteps))

if (passed + failed === 0) console.log('no test ran')
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0 || passed === 0) process.exitCode = 1
