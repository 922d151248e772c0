import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FindingsStore } from '../../sinks/local/findings-store.ts'
import type { Catalogs, LoadedConfig } from '../config/catalogs.ts'
import { loadConfig } from '../config/load-config.ts'
import { openFindings } from '../open-findings.ts'
import { openCollector } from '../open-collector.ts'
import { openStreamToRead } from '../open-stream.ts'
import type { StartPipeline } from '../pipeline-contract.ts'
import { runProgram } from '../program.ts'
import { Scrubber } from '../scrub.ts'
import { createLogger } from '../telemetry.ts'
import type { CommandContext, ExitCode } from './command-context.ts'

export interface Ran {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
}

/** Runs commands inside a test, on a directory of its own, with what they write kept. */
export class SampleProcess implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'command-'))
  readonly #catalogs: Catalogs
  readonly interrupt = new AbortController()
  readonly gone = new AbortController()
  readonly raw: Uint8Array[] = []
  /** What the last command has written to standard output until now. */
  out: readonly string[] = []
  columns = 100
  rows: number | undefined
  questions: CommandContext['questions']
  openTopics: CommandContext['openTopics'] = () => Promise.reject(new Error('no topics in this test'))
  openOpenSearch: CommandContext['openOpenSearch'] = () => Promise.reject(new Error('no OpenSearch in this test'))
  startPipeline: StartPipeline = () => Promise.reject(new Error('no pipeline in this test'))

  constructor(catalogs: Catalogs) {
    this.#catalogs = catalogs
  }

  file(name: string, text: string | Uint8Array): string {
    const path = join(this.directory, name)
    writeFileSync(path, text)
    return path
  }

  async run(...args: readonly string[]): Promise<Ran> {
    const out: string[] = []
    const err: string[] = []
    this.out = out
    const code = await runProgram(args, this.#context(out, err), { version: '1.2.3', setLogLevel: () => {} })
    const text = (lines: readonly string[]): string => lines.join('\n').replaceAll(`${this.directory}/`, '')
    return { code, out: text(out), err: text(err) }
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true })
  }

  #context(out: string[], err: string[]): CommandContext {
    const scrubber = new Scrubber()
    return {
      terminal: {
        columns: this.columns,
        rows: this.rows,
        gone: this.gone.signal,
        colour: false,
        out: (text) => void out.push(text),
        raw: (bytes) => void this.raw.push(bytes),
        err: (text) => void err.push(scrubber.text(text)),
      },
      scrubber,
      load: async (file): Promise<LoadedConfig> => {
        const config = loadConfig(file, this.#catalogs, {})
        for (const secret of config.secrets) scrubber.add(secret)
        return config
      },
      catalogs: async () => this.#catalogs,
      log: () =>
        createLogger({
          level: 'info',
          pretty: false,
          colour: false,
          scrubber,
          destination: { write: (line) => void err.push(line.trimEnd()) },
        }),
      startPipeline: (config, options) => this.startPipeline(config, options),
      openFindings: async (sink): Promise<FindingsStore> => openFindings(sink),
      openStream: (stream) => openStreamToRead(stream),
      openCollector: (...args) => openCollector(...args),
      openTopics: (stream) => this.openTopics(stream),
      openOpenSearch: (sink, signal) => this.openOpenSearch(sink, signal),
      questions: this.questions,
      interrupt: () => this.interrupt.signal,
    }
  }
}
