import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ServerProcess } from './server-process.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'posture-stream-server-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function shell(script: string, log: string): ServerProcess {
  const server = new ServerProcess({ command: 'sh', args: ['-c', script], log })
  onTestFinished(() => server.kill())
  return server
}

test('a server ends, and its folder goes, when its owner is killed with kill -9', async () => {
  const directory = folder()
  const options = { command: 'sleep', args: ['600'], log: join(directory, 'log'), leftovers: directory }
  const owner = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { ServerProcess } from ${JSON.stringify(join(import.meta.dirname, 'server-process.ts'))}
       console.log(new ServerProcess(${JSON.stringify(options)}).pid)
       setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [printed] = (await once(owner.stdout, 'data')) as [Buffer]
  const pid = Number(printed.toString())
  expect(isAlive(pid)).toBe(true)
  owner.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  await expect.poll(() => existsSync(directory), { timeout: 10_000 }).toBe(false)
})

test('a server that was stopped leaves its folder to its owner', async () => {
  const directory = folder()
  const server = new ServerProcess({
    command: 'sleep',
    args: ['600'],
    log: join(directory, 'log'),
    leftovers: directory,
  })
  await server.kill()
  expect(server.running).toBe(false)
  // Longer than what the guard would take to remove it.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(existsSync(directory)).toBe(true)
})

test('a server that ends before it is ready says why', async () => {
  const server = shell('echo ERROR: port taken; exit 1', join(folder(), 'log'))
  await expect(server.logged('ready', 10_000)).rejects.toThrow('ERROR: port taken')
})

test('a server that is never ready is waited for only so long', async () => {
  const server = shell('echo starting; sleep 600', join(folder(), 'log'))
  await expect(server.logged('ready', 300)).rejects.toThrow('within 0.3 s')
})

test('a server that does not heed the request to stop, or stands still, is killed', async () => {
  const server = shell("trap '' TERM; echo ready; while :; do sleep 0.1; done", join(folder(), 'log'))
  await server.logged('ready', 10_000)
  server.signal('SIGSTOP')
  await server.stop(200)
  expect(isAlive(server.pid!)).toBe(false)
})

test('a command that is not there is an error', async () => {
  const server = new ServerProcess({ command: 'no-such-server', args: [], log: join(folder(), 'log') })
  await expect(server.logged('ready', 10_000)).rejects.toThrow('no-such-server')
})
