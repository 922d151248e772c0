import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { alertRules } from '../../deploy/prometheus/alert-rules.ts'
import { PrometheusProgram } from '../servers/prometheus/program.ts'
import { componentCases } from './alerts/component-cases.ts'
import { groupCases } from './alerts/group-cases.ts'
import { processCases } from './alerts/process-cases.ts'
import { rulesToTest, testFile } from './alerts/rule-case.ts'

const cases = [...processCases, ...groupCases, ...componentCases]
/** The first of them on a machine without Prometheus builds it. */
const timeout = 900_000

async function promtool({ skip }: Pick<TestContext, 'skip'>, ...args: readonly string[]): Promise<string> {
  const program = new PrometheusProgram('promtool')
  const why = program.whyNot()
  if (why !== undefined) return skip(why)
  const { stdout } = await promisify(execFile)(await program.path(), args)
  return stdout
}

test('Prometheus takes the configuration and the rules as they are shipped', { timeout }, async (context) => {
  const config = join(import.meta.dirname, '../../deploy/prometheus/prometheus.yml')
  expect(await promtool(context, 'check', 'config', config)).toContain(`${alertRules().length} rules found`)
})

test('every alert fires when it must, and no other does', { timeout }, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-rules-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const rules = alertRules()
  const file = join(directory, 'cases.yaml')
  writeFileSync(join(directory, 'rules.yaml'), rulesToTest(rules))
  writeFileSync(file, testFile(cases, rules, 'rules.yaml'))
  expect(await promtool(context, 'test', 'rules', file).catch(({ stdout }: { stdout: string }) => stdout)).toMatch(
    /SUCCESS/,
  )
  const fired = cases.flatMap(({ at }) =>
    Object.values(at)
      .flat()
      .map(({ alert }) => alert),
  )
  expect(new Set(fired)).toEqual(new Set(rules.map(({ name }) => name)))
})
