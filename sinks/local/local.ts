import { dirname } from 'node:path'
import { Type } from 'typebox'
import type { Context } from '../../core/component.ts'
import { requireWritableDirectory, storageError } from '../../core/storage.ts'
import type { Delivery, PostureFinding, Sink, SinkDefinition } from '../sink.ts'
import { localErrors } from './error-notes.ts'
import { StoreWriter, requireStoreOrNothing } from './store-writer.ts'

const configSchema = Type.Object(
  {
    path: Type.String({
      path: true,
      minLength: 1,
      description: 'The SQLite file; made with its directory where it does not exist',
      examples: ['./data/findings.db'],
    }),
  },
  { additionalProperties: false },
)

const ACCESS = `
The user that runs the pipeline reads and writes the file and its directory: SQLite keeps \`-wal\` and \`-shm\` files
beside it. Nobody else needs any right; findings name weaknesses, so keep others out:

\`\`\`sh
install -d -m 0700 -o posture-stream data
\`\`\`

\`posture-stream findings\` only reads, but runs as that user too: while nothing writes, a reader has to make the
\`-shm\` file itself. Choose a local disk: SQLite's locks do not hold on network file systems.
`

/** Keeps the latest state of every finding in one SQLite file, for people and programs on this machine. */
export const local: SinkDefinition<typeof configSchema> = {
  name: 'local',
  summary: 'Keeps the latest state of every finding in an SQLite file, which `posture-stream findings` reads',
  takes: 'latest-state',
  configSchema,
  access: ACCESS,
  limits: [
    'One SQLite file for one machine; it is meant for some 100,000 findings.',
    'It holds the latest state of each finding and no history.',
  ],
  errors: localErrors,
  create: ({ path }, context) => new LocalSink(path, context),
}

/** A batch is in the store whole or not at all, and durable when `deliver` resolves. An older revision changes nothing. */
class LocalSink implements Sink {
  readonly #path: string
  readonly #context: Pick<Context, 'name' | 'log'>
  #store: Promise<StoreWriter> | undefined

  constructor(path: string, context: Pick<Context, 'name' | 'log'>) {
    this.#path = path
    this.#context = context
  }

  async check(): Promise<void> {
    await requireWritableDirectory(dirname(this.#path))
    try {
      await requireStoreOrNothing(this.#path)
    } catch (error) {
      throw storageError(error, this.#path)
    }
  }

  async deliver(findings: readonly PostureFinding[], signal: AbortSignal): Promise<readonly Delivery[]> {
    signal.throwIfAborted()
    if (findings.length === 0) return []
    try {
      const store = await this.#open()
      signal.throwIfAborted()
      store.write(findings)
    } catch (error) {
      throw storageError(error, this.#path)
    }
    return findings.map(() => ({ status: 'delivered' }))
  }

  async close(): Promise<void> {
    const opening = this.#store
    this.#store = undefined
    const store = await opening?.catch(() => undefined)
    store?.close()
  }

  /** The store is made when the first findings come: a mere check of the configuration leaves no trace. */
  async #open(): Promise<StoreWriter> {
    const opened = await this.#opening()
    if (opened.isInPlace()) return opened
    this.#context.log.warn(
      { sink: this.#context.name, path: this.#path },
      'The findings store was moved or removed by somebody else; a new one is begun, with what comes from now on',
    )
    await this.close()
    return await this.#opening()
  }

  async #opening(): Promise<StoreWriter> {
    const opening = (this.#store ??= StoreWriter.open(this.#path))
    try {
      return await opening
    } catch (error) {
      if (this.#store === opening) this.#store = undefined
      throw error
    }
  }
}
