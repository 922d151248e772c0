import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const CLI = join(import.meta.dirname, 'cli.ts')
const CANARY = 'CANARY-7f3'

let directory: string
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'cli-'))))
afterEach(() => rmSync(directory, { recursive: true }))

function start(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: directory, env: { ...process.env, ...environment } })
  const code = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { child, code }
}

async function cli(args: readonly string[], environment: Record<string, string> = {}) {
  const { child, code } = start(args, environment)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}

function config(yaml: string): void {
  writeFileSync(join(directory, 'posture.yaml'), yaml)
}

const GOOD =
  'tenant: acme\nstream: { type: embedded, directory: ./data }\nsinks: { local: { type: local, path: ./f.db } }\n'

describe('posture-stream', () => {
  test('teaches on standard output', async () => {
    const { code, out, err } = await cli(['--help'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('The smallest configuration')
  })

  test.each([[['run']], [['run', '-c', 'none.yaml']]])('%j is wrong usage: 2, told on standard error', async (args) => {
    const { code, out, err } = await cli(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/--config|does not exist/)
  })

  test('takes the configuration from POSTURE_CONFIG', async () => {
    config(GOOD)
    expect((await cli(['check'], { POSTURE_CONFIG: 'posture.yaml' })).code).toBe(0)
  })
})

describe('check', () => {
  test('ends with 0 and says ok for every component', async () => {
    config(GOOD)
    const { code, out } = await cli(['check', '--config', 'posture.yaml'])
    expect(code).toBe(0)
    expect(out).toMatch(/^ok {6}stream {7}embedded\nok {6}sinks\.local {2}local\n\n/)
  })

  test('ends with 2 and every mistake on standard error, without a secret', async () => {
    config(
      `tenant: \${TOKEN}\nstream: { type: \${TOKEN} }\nsinks: { a: { type: local, path: [\${TOKEN}], x: ${CANARY} } }\n`,
    )
    const { code, out, err } = await cli(['check', '--config', 'posture.yaml'], { TOKEN: CANARY })
    expect([code, out]).toEqual([2, ''])
    expect(err.split('\n').filter((line) => line.startsWith('posture.yaml:')).length).toBe(3)
    expect(err).not.toContain(CANARY)
  })
})

test('a reader that goes away is no crash', async () => {
  const { child, code } = start(['--help'])
  child.stdout.destroy()
  const err = text(child.stderr)
  expect(await code).toBe(0)
  expect(await err).toBe('')
})

test('SIGTERM ends a running pipeline in order, with its summary, as done', { timeout: 20_000 }, async () => {
  config(GOOD)
  const { child, code } = start(['--log-level', 'error', 'run', '-c', 'posture.yaml', '--summary', 'json'])
  const [out, err] = [text(child.stdout), text(child.stderr)]
  while (!existsSync(join(directory, 'data', 'stream.db'))) await sleep(20)
  child.kill('SIGTERM')
  expect(await code).toBe(0)
  expect(await err).toBe('')
  expect(JSON.parse(await out)).toEqual({ in: 0, changed: 0, open: 0, resolved: 0, muted: 0, gone: 0, deadLetters: 0 })
})
