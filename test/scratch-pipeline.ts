import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import type { Summary } from '../app/pipeline-contract.ts'
import { checkpointKey } from '../collectors/checkpoint.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import type { ScratchKafka } from './scratch-kafka.ts'

const cli = join(import.meta.dirname, '../app/cli.ts')
export const samples = join(import.meta.dirname, 'samples')
const COLLECTOR = 'scanner'

/** An OCSF event as the file sink wrote it, as far as the tests look into it. */
export interface WrittenEvent {
  readonly finding_info: { readonly uid_alt: string }
  readonly metadata: { readonly sequence: number }
  readonly status: string
  readonly unmapped: { readonly state: string }
}

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * A whole pipeline in a folder of its own: reports go in, a file sink and a local store come out, and whatever other sinks
 * it is given (lines of YAML). Its stream is embedded unless it is given a part of a Kafka cluster.
 */
export class ScratchPipeline {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-stream-'))
  readonly reports = join(this.directory, 'reports')
  readonly config = join(this.directory, 'pipeline.yaml')
  /** What its processes find beside our own environment. */
  environment: Readonly<Record<string, string>> = {}
  readonly #kafka: ScratchKafka | undefined

  constructor(kafka?: ScratchKafka, otherSinks: readonly string[] = []) {
    this.#kafka = kafka
    mkdirSync(this.reports)
    writeFileSync(
      this.config,
      `tenant: acme
${kafka === undefined ? 'stream: { type: embedded, directory: ./data }' : kafka.yaml}
collectors:
  ${COLLECTOR}: { type: scanner-report, paths: ["./reports"] }
sinks:
  archive: { type: file, directory: ./out }
  local: { type: local, path: ./data/findings.db }
${otherSinks.map((line) => `  ${line}\n`).join('')}`,
    )
  }

  /** Puts a report where the collector looks. */
  add(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.reports, name), content)
  }

  addSample(path: string): void {
    cpSync(join(samples, path), join(this.reports, path.replaceAll('/', '-')))
  }

  /** Runs until everything has arrived; the summary is the last line. Throws with what was printed where it fails. */
  async run(): Promise<Summary> {
    const { code, stdout, stderr } = await ended(this.start())
    if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`)
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Summary
  }

  /** A command of the program on this pipeline's configuration. */
  command(...words: readonly string[]): Promise<Ended> {
    return ended(this.spawn([...words, '--config', this.config]))
  }

  start(...options: readonly string[]): ChildProcess {
    const args = [
      'run',
      '--config',
      this.config,
      '--until-idle',
      '--summary',
      'json',
      '--log-level',
      'warn',
      ...options,
    ]
    return this.spawn(args)
  }

  /** A process of the program with these words, on whatever configuration they name. */
  spawn(words: readonly string[]): ChildProcess {
    const env = { ...process.env, ...this.environment }
    return spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env })
  }

  /** Every line of the file sink, in no order. */
  written(): WrittenEvent[] {
    const out = join(this.directory, 'out')
    const names = existsSync(out) ? readdirSync(out).filter((name) => /\.ndjson(\.gz)?$/.test(name)) : []
    return names.flatMap((name) => {
      const bytes = readFileSync(join(out, name))
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as WrittenEvent)
    })
  }

  /** The (key, revision) of every line of the file sink, sorted: one that stands twice stands twice here. */
  revisions(): string[] {
    return this.written()
      .map(({ finding_info, metadata }) => `${finding_info.uid_alt} ${metadata.sequence}`)
      .toSorted()
  }

  /** What the local store holds, without the times of our own clock. */
  latest(): unknown[] {
    const db = new DatabaseSync(join(this.directory, 'data/findings.db'), { readOnly: true })
    const rows = db.prepare('select key, revision, state, priority, title from finding order by key').all()
    db.close()
    return rows
  }

  /** Makes the collector forget what it has read. */
  async forgetCheckpoint(): Promise<void> {
    const stream = await this.#openStream()
    await stream.publish(topics.checkpoints.name, [
      { key: checkpointKey({ tenant: 'acme', name: COLLECTOR }), value: null },
    ])
    await stream.close()
  }

  async #openStream(): Promise<Stream> {
    if (this.#kafka !== undefined) return this.#kafka.open()
    const directory = join(this.directory, 'data')
    return EmbeddedStream.open({ directory, topics: Object.values(topics), mode: 'append' })
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
