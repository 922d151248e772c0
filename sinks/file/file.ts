import { Type } from 'typebox'
import type { Context } from '../../core/component.ts'
import { asError } from '../../core/errors.ts'
import type { Delivery, PostureFinding, Sink, SinkDefinition } from '../sink.ts'
import { requireWritableDirectory, storageError } from '../../core/storage.ts'
import { fileErrors } from './error-notes.ts'
import { Archive, type ArchiveOptions, type Line } from './archive.ts'
import { DURATION_PATTERN, durationMs } from '../../core/duration.ts'
import { lineDigest } from './written-lines.ts'

const MIB = 1024 * 1024
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const TIMER_LIMIT_MS = 2 ** 31 - 1

const configSchema = Type.Object(
  {
    directory: Type.String({
      path: true,
      minLength: 1,
      description: 'Where the files are written; made where it does not exist. One sink each',
      examples: ['./out'],
    }),
    maxBytes: Type.Integer({
      minimum: 1,
      default: 128 * MIB,
      description: 'A file that has no room for the next line below this size, in bytes, is completed and compressed',
    }),
    maxAge: Type.String({
      pattern: DURATION_PATTERN,
      default: '1d',
      description: 'A file begun this long ago is completed and compressed: 90s, 15m, 24h, 7d',
    }),
  },
  { additionalProperties: false },
)

const ACCESS = `
The user that runs the pipeline lists, reads and writes the directory and what is in it: at a start it reads its newest
file again, and a file that is complete is replaced by its compressed form. Whoever takes the files away needs to enter
and list the directory and to read the files, and no more:

\`\`\`sh
install -d -m 0750 -o posture-stream -g findings-readers out
chmod g+s out
\`\`\`

The mode of new files comes from the umask: 0027 lets the group read and nobody else.
`

/** Keeps every revision as one line of NDJSON, in files that rotate by size and age. */
export const file: SinkDefinition<typeof configSchema> = {
  name: 'file',
  summary: 'Appends every revision of every finding to NDJSON files, rotated by size and age and then compressed',
  takes: 'every-revision',
  configSchema,
  access: ACCESS,
  limits: [
    'Completed files are compressed and never deleted: remove old ones yourself.',
    'One process writes to a directory at a time.',
  ],
  errors: fileErrors,
  create: ({ directory, maxBytes, maxAge }, context) =>
    new FileSink({ directory, maxBytes, maxAgeMs: durationMs(maxAge) }, context),
}

/**
 * Each (key, revision) stands in the files once, through crashes, disk-full and redelivery, as long as its file is there
 * and at most 200,000 lines were written since; beyond that a redelivered line is written again, and never lost.
 * What `deliver` resolved for is on the disk; what a crash cut off is removed before the next line is written.
 * While a file is replaced by its compressed form both stand there for a moment: where a reader sees both, it takes one.
 */
class FileSink implements Sink {
  readonly #options: ArchiveOptions
  readonly #context: Context
  #archive: Archive | undefined
  /** Partitions deliver at the same time; the files are written by one at a time. */
  #queue: Promise<unknown> = Promise.resolve()
  #expiry: NodeJS.Timeout | undefined

  constructor(options: ArchiveOptions, context: Context) {
    this.#options = options
    this.#context = context
  }

  async check(): Promise<void> {
    await requireWritableDirectory(this.#options.directory)
  }

  async deliver(findings: readonly PostureFinding[], signal: AbortSignal): Promise<readonly Delivery[]> {
    signal.throwIfAborted()
    if (findings.length === 0) return []
    const lines = findings.map((finding): Line => ({ bytes: lineOf(finding), digest: lineDigest(finding) }))
    await this.#inTurn(async () => {
      signal.throwIfAborted()
      const archive = await this.#open()
      await archive.write(lines, signal)
      this.#watchAge()
    })
    return findings.map(() => ({ status: 'delivered' }))
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#release())
  }

  /** The directory is taken when the first findings come: a mere check of the configuration leaves no trace. */
  async #open(): Promise<Archive> {
    if (this.#archive && !(await this.#archive.isInPlace())) {
      this.#context.log.warn(
        { sink: this.#context.name, directory: this.#options.directory },
        'The current file was moved or removed by somebody else; a new one is begun',
      )
      await this.#release()
    }
    this.#archive ??= await Archive.open(this.#options, this.#context)
    return this.#archive
  }

  async #release(): Promise<void> {
    clearTimeout(this.#expiry)
    const archive = this.#archive
    this.#archive = undefined
    await archive?.close()
  }

  /** Completes the current file in time, also where no finding comes any more. */
  #watchAge(): void {
    clearTimeout(this.#expiry)
    const expiresAt = this.#archive?.expiresAt
    if (expiresAt === undefined) return
    const pause = Math.min(Math.max(expiresAt - this.#context.clock(), 1), TIMER_LIMIT_MS)
    this.#expiry = setTimeout(() => void this.#expire(), pause).unref()
  }

  async #expire(): Promise<void> {
    try {
      await this.#inTurn(async () => {
        await this.#archive?.rotate()
        this.#watchAge()
      })
    } catch (error) {
      const reason = asError(error).message
      this.#context.log.warn({ sink: this.#context.name, reason }, 'The current file could not be completed in time')
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    try {
      return await turn
    } catch (error) {
      throw storageError(error, this.#options.directory)
    }
  }
}

/** The event as it was written, on one line: JSON allows line breaks between its tokens only, where a space says the same. */
function lineOf({ bytes }: PostureFinding): Uint8Array {
  const line = Buffer.alloc(bytes.byteLength + 1)
  line.set(bytes)
  line[bytes.byteLength] = NEWLINE
  for (let at = line.indexOf(NEWLINE); at < bytes.byteLength; at = line.indexOf(NEWLINE, at + 1)) line[at] = 0x20
  for (let at = line.indexOf(CARRIAGE_RETURN); at >= 0; at = line.indexOf(CARRIAGE_RETURN, at + 1)) line[at] = 0x20
  return line
}
