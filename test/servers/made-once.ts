import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long the making of anything may take, in milliseconds. */
export const MAKING_LIMIT_MS = 900_000
const POLL_MS = 200

interface MadeOnce {
  /** It is complete where this exists: whoever makes it makes it beside its place, and moves it there whole. */
  readonly path: string
  /** A file that says which process makes it; beside nothing else in its folder, which is made where it is missing. */
  readonly lock: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes what a machine needs once, or waits for another process that does. The lock only saves work: should two take it,
 * which can happen after a maker was killed, both make it well.
 */
export async function madeOnce({ path, lock, signal }: MadeOnce, make: () => Promise<void>): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true })
  while (!existsSync(path)) {
    signal?.throwIfAborted()
    if (take(lock)) await make().finally(() => rmSync(lock, { force: true }))
    else await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal })
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (isLeftBehind(lock)) rmSync(lock, { force: true })
    return false
  }
}

function isLeftBehind(lock: string): boolean {
  try {
    if (Date.now() - statSync(lock).mtimeMs > MAKING_LIMIT_MS) return true
    const maker = Number(readFileSync(lock, 'utf8'))
    // It is empty between its making and its writing.
    return maker > 0 && !isAlive(maker)
  } catch {
    // Gone meanwhile.
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
