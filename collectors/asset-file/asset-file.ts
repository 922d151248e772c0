import { Type, type Static } from 'typebox'
import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { CollectedBatch, Collector, CollectorDefinition, SetAsideBytes } from '../collector.ts'
import { listFiles, type FileKind } from '../files/file-paths.ts'
import { checkPaths, FileSweep, filesSentence } from '../files/file-sweep.ts'
import { progressOn, type Progress, type Terminal } from '../files/progress.ts'
import { assetFileErrors } from './error-notes.ts'
import { AssetEvents } from './asset-events.ts'
import { InventoryFile } from './inventory-file.ts'
import { InventoryReading } from './inventory-reading.ts'
import { reread } from './reread.ts'

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
  endings: '.ndjson or .jsonl',
  one: 'inventory',
  several: 'inventories',
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
  gives: 'assets',
  access: ACCESS,
  limits: [
    'A line has at most 1 MiB, the document of an asset 900,000 bytes.',
    'A complete inventory removes what it does not mention, inside the scope that its first line names.',
  ],
  errors: assetFileErrors,
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

  constructor(config: Config, context: Context, terminal: Terminal) {
    this.#config = config
    this.#context = context
    this.#progress = progressOn(terminal, context)
  }

  async check(): Promise<void> {
    await checkPaths(this.#config.paths, INVENTORIES, this.#context.log)
  }

  async outlook(): Promise<readonly string[]> {
    return [await filesSentence(this.#config.paths, INVENTORIES)]
  }

  reread(letter: SetAsideBytes, signal: AbortSignal): Promise<readonly PostureEvent[]> {
    return reread(letter, new AssetEvents(this.#context, this.#schemas), signal)
  }

  async *collect(position: unknown, signal: AbortSignal): AsyncIterable<CollectedBatch> {
    const listing = await listFiles(this.#config.paths, INVENTORIES)
    const sweep = new FileSweep(listing, position, INVENTORIES, this.#context.log)
    for (const path of sweep.files) {
      try {
        if (!(await sweep.hasRead(path, signal))) yield* this.#read(path, sweep, signal)
      } catch (error) {
        sweep.failed(path, error, signal)
      } finally {
        this.#progress.clear()
      }
    }
    sweep.end()
  }

  async *#read(path: string, sweep: FileSweep, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    this.#progress.begin(path)
    const file = new InventoryFile(path)
    const reading = new InventoryReading(this.#context, this.#schemas, this.#progress)
    yield* reading.batches(file, signal)
    const last = reading.last(file)
    this.#progress.clear()
    this.#report(file, reading)
    yield { ...last, ...(file.changed ? {} : { position: sweep.remember(path, file.mark()) }) }
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
}
