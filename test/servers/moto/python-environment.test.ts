import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NotToBeHadError, PythonEnvironment } from './python-environment.ts'

const makesVenv = 'mkdir -p "$3/bin"; cp "$0" "$3/bin/python"'

/** A `python3` of our own, which counts its calls: `-m venv FOLDER` copies itself there, `-m pip …` does `pip`. */
function workshop({ venv = makesVenv, pip = 'sleep 0.3' }: { venv?: string; pip?: string } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-python-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const cache = join(directory, 'cache')
  const calls = join(directory, 'calls')
  const requirements = join(directory, 'requirements.txt')
  writeFileSync(requirements, 'thing==1.0\n')
  const script = `#!/bin/sh\necho "$2" >>"${calls}"\nif [ "$2" = venv ]; then ${venv}; else ${pip}; fi\n`
  writeFileSync(join(directory, 'python3'), script, { mode: 0o755 })
  const environment = { PATH: `${directory}:${process.env['PATH'] ?? ''}` }
  return {
    cache,
    requirements,
    python: () => new PythonEnvironment({ requirements, cache, environment }),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  }
}

test('is made by the first who asks, while the others wait, and never again', async () => {
  const { python, calls, cache } = workshop()
  await Promise.all([python().make(), python().make(), python().make()])
  await python().make()
  expect(calls()).toEqual(['venv', 'pip'])
  expect(existsSync(python().interpreter)).toBe(true)
  expect(readdirSync(cache)).toHaveLength(1)
})

test('is made anew for other requirements, and after a maker that died', async () => {
  const { python, calls, cache, requirements } = workshop()
  await python().make()
  writeFileSync(requirements, 'thing==2.0\n')
  const other = python()
  writeFileSync(join(cache, `${other.interpreter.split('/').at(-3)}.pid`), String(2 ** 22 + 1))
  await other.make()
  expect(calls()).toEqual(['venv', 'pip', 'venv', 'pip'])
  expect(readdirSync(cache)).toHaveLength(2)
})

test('that pip cannot fill leaves nothing, says why, and can be tried again', async () => {
  const { python, calls, cache } = workshop({ pip: 'echo "bad wheel" >&2; exit 1' })
  await expect(python().make()).rejects.toThrow(/pip could not install .*requirements\.txt:\nbad wheel/)
  await expect(python().make()).rejects.toThrow('bad wheel')
  expect(calls()).toHaveLength(4)
  expect(readdirSync(cache)).toEqual([])
})

test('tells a machine that lacks something from one where something broke', async () => {
  const noVenv = workshop({ venv: 'echo "ensurepip is not available"; exit 1' })
  await expect(noVenv.python().make()).rejects.toThrow(NotToBeHadError)
  await expect(noVenv.python().make()).rejects.toThrow('python3-venv): ensurepip is not available')
  const offline = workshop({ pip: 'echo "ERROR: No matching distribution found for thing==1.0" >&2; exit 1' })
  await expect(offline.python().make()).rejects.toThrow(NotToBeHadError)
  const { cache, requirements } = offline
  const without = new PythonEnvironment({ requirements, cache, environment: { PATH: '' } })
  expect(without.missing()).toEqual(['install Python 3 with venv (no python3 in PATH)'])
})

test('whoever waits for another maker can be called off', async () => {
  const { python } = workshop({ pip: 'sleep 2' })
  const making = python().make()
  await expect(python().make(AbortSignal.timeout(100))).rejects.toThrow()
  await making
})
