import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ScratchPipeline } from '../scratch-pipeline.ts'

const scans = ['account', 'scan-1', 'scan-2', 'after-fix-and-mute']

test.for<[string, string[]]>([
  ['Prowler as OCSF', scans.map((scan) => `${scan}/prowler.ocsf.json`)],
  ['Prowler as ASFF', scans.map((scan) => `${scan}/prowler.asff.json`)],
  ['Cloud Custodian', ['cloud-custodian.asff.json']],
])('every line that the file sink wrote of %s passes the oracle', async ([, reports], context) => {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  for (const report of reports) pipeline.addSample(report)
  const { changed, deadLetters } = await pipeline.run()
  expect(deadLetters).toBe(0)
  expect(changed).toBeGreaterThan(0)
  const oracle = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'oracle.ts'), join(pipeline.directory, 'out')],
    { encoding: 'utf8' },
  )
  if (oracle.status === 2) context.skip('needs python3 and PyPI')
  expect(oracle.stdout + oracle.stderr).toMatch(new RegExp(`^${changed} lines, 0 errors\\s*$`))
})
