import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutation } from './mutations.ts'

const root = join(import.meta.dirname, '../../..')
const PARTS = ['core', 'enrichment', 'schemas', 'stream', 'test/oracle/exposure', 'package.json']

/** The sources that the comparison needs, somewhere else: no rule is ever spoilt in the tree itself. */
export class MutatedTree {
  readonly #folder = mkdtempSync(join(tmpdir(), 'posture-stream-mutations-'))

  constructor() {
    for (const part of PARTS) cpSync(join(root, part), join(this.#folder, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
  }

  /** What the comparison says first of the tree with the rule spoilt; empty: it notices nothing. */
  firstDifference({ name, file, from, to, suites }: Mutation, every = 1): string {
    const path = join(this.#folder, file)
    const sound = readFileSync(path, 'utf8')
    if (!sound.includes(from)) throw new Error(`${name}: ${file} has no ${from} any more: spoil it by another text.`)
    writeFileSync(path, sound.replace(from, to))
    try {
      return this.compare(suites, every)
    } finally {
      writeFileSync(path, sound)
    }
  }

  compare(suites: readonly string[], every: number): string {
    const program = join(this.#folder, 'test/oracle/exposure/comparison.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, String(every), ...suites], {
      encoding: 'utf8',
    })
    if (status !== 0 && stdout === '') throw new Error(`The comparison did not run: ${stderr}`)
    return stdout.trim()
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
