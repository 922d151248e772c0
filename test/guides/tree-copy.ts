import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Page, Part } from './page.ts'

const root = join(import.meta.dirname, '../..')
const LEFT_OUT = /^(node_modules|\.git|\.venv|examples\/(data|out)|data|out)(\/|$)/

/** A copy of this tree, to be changed as a page says; it shares what npm has installed. */
export class TreeCopy implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-stream-tree-'))

  constructor() {
    cpSync(root, this.directory, { recursive: true, filter: (path) => !LEFT_OUT.test(relative(root, path)) })
    symlinkSync(join(root, 'node_modules'), join(this.directory, 'node_modules'))
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Follows the page to the letter; answers a sentence for the first step that did not go as it says. */
  async follow({ parts }: Page): Promise<string | undefined> {
    for (const part of parts) {
      const wrong = await this.#take(part)
      if (wrong !== undefined) return `line ${part.line}: ${wrong}`
    }
    return undefined
  }

  async #take(part: Part): Promise<string | undefined> {
    if (part.kind === 'file') this.#write(part.file, part.lines)
    if (part.kind === 'configuration' && part.file !== undefined) this.#write(part.file, part.yaml.split('\n'))
    if (part.kind === 'change') return this.#change(part.file, part.lines)
    if (part.kind !== 'commands') return undefined
    for (const { text, code } of part.commands) {
      const ran = await this.#run(text)
      if (ran.code !== code) return `${text}\nexited with ${ran.code}, not ${code}:\n${ran.out.slice(-3000)}`
    }
    return undefined
  }

  #write(file: string, lines: readonly string[]): void {
    const path = join(this.directory, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${lines.join('\n')}\n`)
  }

  /** Lines that go, and lines that come after the line before them. */
  #change(file: string, lines: readonly string[]): string | undefined {
    const path = join(this.directory, file)
    let text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    let before: string | undefined
    for (const line of lines) {
      const own = line.slice(1)
      if (line.startsWith('+')) {
        text = text.replace(`${before}\n`, `${before}\n${own}\n`)
      } else if (!text.includes(`${own}\n`)) return `${file} has no line ${own}`
      before = line.startsWith('-') ? REMOVED : own
      if (line.startsWith('-')) text = text.replace(own, REMOVED)
      else if (line.startsWith('+')) before = own
    }
    writeFileSync(path, text.replaceAll(`${REMOVED}\n`, ''))
    return undefined
  }

  #run(command: string): Promise<{ code: number; out: string }> {
    const { VITEST: _, VITEST_WORKER_ID: _id, VITEST_POOL_ID: _pool, NODE_ENV: _env, ...others } = process.env
    const env = {
      ...others,
      PATH: `${join(this.directory, 'node_modules/.bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      CI: 'true',
    }
    return new Promise((resolve) => {
      execFile(
        'bash',
        ['-c', command],
        { cwd: this.directory, env, maxBuffer: 1e8, timeout: 120_000 },
        (error, out, err) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
          resolve({ code, out: out + err })
        },
      )
    })
  }
}

const REMOVED = '\u{e000}'
