/**
 * Runs the checks in the order in which they are quickest to mend, and stops at the first that fails.
 * `--no-tests` leaves the unit tests out, for who runs `npm test` next, which has them.
 */
import { spawnSync } from 'node:child_process'

const withTests = !process.argv.includes('--no-tests')
const checks = [
  { script: 'format:check', what: 'format' },
  { script: 'lint', what: 'lint' },
  { script: 'types', what: 'types' },
  { script: 'imports', what: 'import rules' },
  { script: 'dead-code', what: 'dead code' },
  { script: 'check:generated', what: 'generated files' },
  { script: 'licences', what: 'licences of dependencies' },
] as const
const steps = withTests ? [...checks, { script: 'test:unit', what: 'unit tests' }] : checks

let failed: string | undefined
for (const { script, what } of steps) {
  console.log(`\n── ${what} (npm run ${script})`)
  const started = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit' })
  if (status !== 0) {
    failed = `${what} (npm run ${script})`
    break
  }
  console.log(`   ok, ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

console.log(failed === undefined ? '\nAll checks passed' : `\nFailed: ${failed}`)
if (failed !== undefined) process.exitCode = 1
