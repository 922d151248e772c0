import { Type, type Static } from 'typebox'
import type { Context } from '../../core/component.ts'
import { errorCode, type PermanentError } from '../../core/errors.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { CollectedBatch, Collector, CollectorDefinition } from '../collector.ts'
import { isUnchanged, readPosition, writePosition, type FileMark, type Marks } from '../files/file-marks.ts'
import { isPathError, listFiles, pathProblem, throwIfAny, type FileKind } from '../files/file-paths.ts'
import { progressOn, type Progress, type Terminal } from '../files/progress.ts'
import { InventoryFile } from './inventory-file.ts'
import { InventoryReading } from './inventory-reading.ts'

const configSchema = Type.Object(
  {
    paths: Type.Array(
      Type.String({
        path: 'input',
        minLength: 1,
        description:
          'A file, a directory (every .ndjson and .jsonl below it, packed as .gz or not) or a pattern: inventory/*.ndjson.gz',
      }),
      { minItems: 1, description: 'Where the inventories are', examples: [['inventory/*.ndjson']] },
    ),
  },
  { additionalProperties: false },
)
type Config = Static<typeof configSchema>

const INVENTORIES: FileKind = {
  names: /\.(ndjson|jsonl)(\.gz)?$/i,
  writer: 'the inventory',
  code: 'INVENTORY_NOT_READABLE',
}

const ACCESS = `
The user that runs the pipeline reads the inventories, and enters and lists the directories that they are in. It writes
nothing there: how far it has read is kept on the stream.

\`\`\`sh
setfacl -m u:posture-stream:rX,d:u:posture-stream:rX inventory
\`\`\`
`

/** Reads assets that another tool has written to files. */
export const assetFile: CollectorDefinition<typeof configSchema> = {
  name: 'asset-file',
  summary:
    "Reads assets from files of any inventory tool: one JSON object per line, with the cloud's settings of a resource",
  configSchema,
  access: ACCESS,
  create: (config, context) => new AssetFile(config, context, process.stderr),
}

/**
 * Reads every inventory that is new or has changed, one at a time, by name. A file that cannot be read holds up no other:
 * it is named at the end, by a PermanentError (`INVENTORY_NOT_READABLE`).
 */
class AssetFile implements Collector {
  readonly #context: Context
  readonly #config: Config
  readonly #schemas = new SchemaRegistry()
  readonly #progress: Progress
  readonly #isTerminal: boolean

  constructor(config: Config, context: Context, terminal: Terminal) {
    this.#config = config
    this.#context = context
    this.#progress = progressOn(terminal, context.clock)
    this.#isTerminal = terminal.isTTY === true
  }

  async check(): Promise<void> {
    const { problems, empty } = await listFiles(this.#config.paths, INVENTORIES)
    for (const path of empty)
      this.#context.log.warn({ path }, `${path} holds no inventory yet: name a .ndjson or .jsonl file to be read.`)
    throwIfAny(problems)
  }

  async *collect(position: unknown, signal: AbortSignal): AsyncIterable<CollectedBatch> {
    const { files, problems } = await listFiles(this.#config.paths, INVENTORIES)
    const failures = [...problems]
    const marks = this.#marksOf(position, files)
    for (const path of files) {
      try {
        if (!(await isUnchanged(path, marks.get(path), signal))) yield* this.#read(path, marks, signal)
      } catch (error) {
        this.#failed(path, error, failures, signal)
      } finally {
        this.#progress.clear()
      }
    }
    throwIfAny(failures)
  }

  async *#read(path: string, marks: Marks, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    if (!this.#isTerminal) this.#context.log.info({ path }, `Reading ${path}.`)
    const file = new InventoryFile(path)
    const reading = new InventoryReading(this.#context, this.#schemas, this.#progress)
    yield* reading.batches(file, signal)
    reading.end(file)
    if (!file.changed) marks.set(path, file.mark())
    this.#progress.clear()
    this.#report(file, reading)
    yield { ...reading.last(), ...(file.changed ? {} : { position: writePosition(marks) }) }
  }

  #report({ path, size, damage }: InventoryFile, { assets, setAside, reasons }: InventoryReading): void {
    const { log } = this.#context
    const fields = { path, assets, setAside, damage, reasons }
    if (size === 0) log.warn({ path }, `${path} is empty: it is read when it changes.`)
    else if (setAside === 0 && damage.length === 0 && reasons.length === 0)
      log.info(fields, `Read ${assets} assets of ${path}.`)
    else
      log.warn(
        fields,
        `Read ${assets} assets of ${path}, but not as a whole inventory: what is missing there stays known.`,
      )
  }

  /** What was read of files that are still there. */
  #marksOf(position: unknown, files: readonly string[]): Marks {
    const saved = position === undefined ? new Map<string, FileMark>() : readPosition(position)
    if (saved === undefined)
      this.#context.log.warn({}, 'The saved position is none of this collector, so every inventory is read again.')
    const kept = files.flatMap((path) => {
      const mark = saved?.get(path)
      return mark === undefined ? [] : [[path, mark] as const]
    })
    return new Map(kept)
  }

  #failed(path: string, error: unknown, failures: PermanentError[], signal: AbortSignal): void {
    signal.throwIfAborted()
    const code = errorCode(error)
    if (code === 'ENOENT') {
      this.#context.log.warn({ path }, `${path} was removed before it could be read.`)
      return
    }
    if (!isPathError(code)) throw error
    const problem = pathProblem(path, INVENTORIES, error)
    this.#context.log.error({ path, code }, `${problem.message}. The other inventories are read.`)
    failures.push(problem)
  }
}
