import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { GoProgram } from './go-program.ts'

/** A `go` of our own, which counts how often it is called, and what it builds. */
function workshop(script: string) {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-go-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const cache = join(directory, 'cache')
  const calls = join(directory, 'calls')
  writeFileSync(join(directory, 'go'), `#!/bin/sh\necho "$@" >>"${calls}"\n${script}\n`, { mode: 0o755 })
  const environment = { PATH: `${directory}:${process.env['PATH'] ?? ''}` }
  return {
    cache,
    program: () => new GoProgram({ module: 'example.org/app/tool', version: 'v1.2.3', cache, environment }),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  }
}

const builds = 'sleep 0.3; echo built >"$GOBIN/tool"'

test('is built by the first who asks, while the others wait, and never again', async () => {
  const { program, calls, cache } = workshop(builds)
  await Promise.all([program().build(), program().build(), program().build()])
  await program().build()
  expect(calls()).toEqual(['install -trimpath -ldflags=-s -w example.org/app/tool@v1.2.3'])
  expect(readFileSync(program().path, 'utf8')).toBe('built\n')
  expect(readdirSync(cache)).toEqual(['tool'])
})

test('is built anew after a builder that died, or has hung for too long', async () => {
  for (const [pid, hours] of [[2 ** 22 + 1, 0] as const, [process.pid, 1] as const]) {
    const { program, cache } = workshop(builds)
    mkdirSync(cache)
    writeFileSync(join(cache, 'building.pid'), String(pid))
    const then = Date.now() / 1000 - hours * 3600
    utimesSync(join(cache, 'building.pid'), then, then)
    await program().build()
    expect(existsSync(program().path)).toBe(true)
  }
})

test('that cannot be built leaves nothing, says why, and can be tried again', async () => {
  const { program, calls, cache } = workshop('echo half >"$GOBIN/tool"; echo "no such module" >&2; exit 1')
  await expect(program().build()).rejects.toThrow('Go could not build example.org/app/tool@v1.2.3:\nno such module')
  await expect(program().build()).rejects.toThrow('no such module')
  expect(calls()).toHaveLength(2)
  expect(readdirSync(cache)).toEqual([])
})

test('whoever waits for another builder can be called off', async () => {
  const { program } = workshop('sleep 2; echo built >"$GOBIN/tool"')
  const building = program().build()
  await expect(program().build(AbortSignal.timeout(100))).rejects.toThrow()
  await building
})

test('misses Go only where the program is not there', async () => {
  const { program, cache } = workshop(builds)
  const without = new GoProgram({ module: 'example.org/app/tool', version: 'v1', cache, environment: { PATH: '' } })
  expect(without.missing()).toEqual(['install Go (no go in PATH)'])
  expect(program().missing()).toEqual([])
  await program().build()
  expect(without.missing()).toEqual([])
})
