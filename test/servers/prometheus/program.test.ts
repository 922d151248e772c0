import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PrometheusProgram } from './program.ts'

function emptyFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-path-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

test('a machine with neither Prometheus nor Go says what to install, and fails where Prometheus is required', () => {
  const program = new PrometheusProgram('promtool', { PATH: '' }, emptyFolder())
  expect(program.whyNot({})).toBe('no promtool: install Prometheus (apt-get install prometheus), or Go')
  expect(() => program.whyNot({ PROMETHEUS_REQUIRED: '1' })).toThrow('install Prometheus')
})

test('what the machine has is used, and nothing is built', async () => {
  const installed = emptyFolder()
  writeFileSync(join(installed, 'prometheus'), '')
  const program = new PrometheusProgram('prometheus', { PATH: `/nowhere:${installed}` }, emptyFolder())
  expect(program.whyNot({ PROMETHEUS_REQUIRED: '1' })).toBeUndefined()
  expect(await program.path()).toBe(join(installed, 'prometheus'))
})

test('where there is Go only, it can be had', () => {
  const workshop = emptyFolder()
  writeFileSync(join(workshop, 'go'), '')
  expect(new PrometheusProgram('prometheus', { PATH: workshop }, emptyFolder()).whyNot({})).toBeUndefined()
})
