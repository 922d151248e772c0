import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { samples, ScratchPipeline } from '../scratch-pipeline.ts'
import { expectOracle } from './expect-oracle.ts'

const scans = ['account', 'scan-1', 'scan-2', 'after-fix-and-mute']

test.for<[string, string[]]>([
  ['Prowler as OCSF', scans.map((scan) => `${scan}/prowler.ocsf.json`)],
  ['Prowler as ASFF', scans.map((scan) => `${scan}/prowler.asff.json`)],
  ['Cloud Custodian', ['cloud-custodian.asff.json']],
])('every line that the file sink wrote of %s passes the oracle', async ([, reports], context) => {
  const pipeline = newPipeline()
  for (const report of reports) pipeline.addSample(report)
  await expectSound(pipeline, context)
})

test.for(['asff-controls.json', 'asff-products.json'])(
  "every line that the file sink wrote of Security Hub's %s passes the oracle",
  async (sample, context) => {
    const cases = JSON.parse(readFileSync(join(samples, 'security-hub', sample), 'utf8')) as {
      readonly body: unknown
    }[]
    const pipeline = newPipeline()
    pipeline.add('report.json', JSON.stringify(cases.map(({ body }) => body)))
    await expectSound(pipeline, context)
  },
)

function newPipeline(): ScratchPipeline {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  return pipeline
}

async function expectSound(pipeline: ScratchPipeline, context: TestContext): Promise<void> {
  const { changed, deadLetters } = await pipeline.run()
  expect(deadLetters).toBe(0)
  expect(changed).toBeGreaterThan(0)
  expectOracle(pipeline, changed, context)
}
