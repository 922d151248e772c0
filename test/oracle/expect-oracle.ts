import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, type TestContext } from 'vitest'
import type { ScratchPipeline } from '../scratch-pipeline.ts'

/** Holds every line that the file sink of a pipeline wrote against the independent oracle; there must be so many. */
export function expectOracle(
  { directory }: Pick<ScratchPipeline, 'directory'>,
  lines: number,
  { skip }: Pick<TestContext, 'skip'>,
): void {
  const args = [join(import.meta.dirname, 'oracle.ts'), join(directory, 'out')]
  const oracle = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (oracle.status === 2) skip('needs python3 and PyPI')
  expect(oracle.stdout + oracle.stderr).toMatch(new RegExp(`^${lines} lines, 0 errors\\s*$`))
}
