import { globSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

const SLOW = 'test/**/*.slow.test.ts'

/** Ends a test run by saying what it did not test, and why. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap(skippedTests)
    for (const line of skipped) console.log(` Skipped: ${line}`)
    const slow = modules.some(({ project }) => project.name === 'slow') ? [] : globSync(SLOW)
    if (slow.length > 0) console.log(` Not part of this run: ${slow.join(', ')} (minutes each; npm run test:slow)`)
    if (skipped.length + slow.length === 0) console.log(' Nothing was skipped')
  }
}

function skippedTests(module: TestModule): string[] {
  const lines: string[] = []
  for (const test of module.children.allTests('skipped')) {
    const result = test.result()
    const why = (result.state === 'skipped' && result.note) || 'no reason given'
    lines.push(`${module.relativeModuleId} > ${test.fullName}: ${why}`)
  }
  return lines
}
