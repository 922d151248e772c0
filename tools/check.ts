/** Runs the checks in the order in which they are quickest to mend, and stops at the first that fails. */
import { spawnSync } from 'node:child_process'

const steps = [
  { script: 'format:check', what: 'format' },
  { script: 'lint', what: 'lint' },
  { script: 'types', what: 'types' },
  { script: 'imports', what: 'import rules' },
  { script: 'dead-code', what: 'dead code' },
  { script: 'check:generated', what: 'generated files' },
  { script: 'licences', what: 'licences of dependencies' },
  { script: 'test:unit', what: 'unit tests' },
] as const

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
