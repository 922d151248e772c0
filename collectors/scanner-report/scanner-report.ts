import { stat } from 'node:fs/promises'
import { Type, type Static } from 'typebox'
import type { Context } from '../../core/component.ts'
import { PermanentError } from '../../core/errors.ts'
import { isZone } from '../../core/time.ts'
import type { CollectedBatch, Collector, CollectorDefinition } from '../collector.ts'
import { digestOf } from '../files/file-marks.ts'
import { listFiles, type FileKind } from '../files/file-paths.ts'
import { checkPaths, FileSweep } from '../files/file-sweep.ts'
import { progressOn, type Progress, type Terminal } from '../files/progress.ts'
import { declaredScope } from './declared-scope.ts'
import { ReportFile } from './report-file.ts'
import { preview, type Preview } from './report-preview.ts'
import { ReportReading, refusedReport } from './report-reading.ts'

const configSchema = Type.Object(
  {
    paths: Type.Array(
      Type.String({
        path: 'input',
        minLength: 1,
        description: 'A file, a directory (every .json, .ndjson and .jsonl below it) or a pattern: reports/*.json',
      }),
      { minItems: 1, description: 'Where the reports are', examples: [['reports/*.json']] },
    ),
    format: Type.Union([Type.Literal('auto'), Type.Literal('prowler-ocsf'), Type.Literal('asff')], {
      default: 'auto',
      description: 'What the reports are; auto tells each record by what it holds',
    }),
    scope: Type.Optional(declaredScope),
    zone: Type.String({
      default: 'UTC',
      description: 'The IANA time zone of dates that name none: Europe/Berlin',
    }),
  },
  { additionalProperties: false },
)
type Config = Static<typeof configSchema>

const REPORTS: FileKind = {
  names: /\.(json|ndjson|jsonl)$/i,
  endings: '.json, .ndjson or .jsonl',
  one: 'report',
  several: 'reports',
  writer: 'the scanner',
  code: 'REPORT_NOT_READABLE',
}

const ACCESS = `
The user that runs the pipeline reads the reports, and enters and lists the directories that they are in. It writes
nothing there, neither marks nor locks: how far it has read is kept on the stream.

\`\`\`sh
setfacl -m u:posture-stream:rX,d:u:posture-stream:rX reports
\`\`\`

A report is read again when its content has changed, so a scanner may replace its files at any moment.
`

/** Reads the reports that scanners leave as files. */
export const scannerReport: CollectorDefinition<typeof configSchema> = {
  name: 'scanner-report',
  summary: "Reads scanners' report files: Prowler's json-ocsf, and ASFF of Prowler, Cloud Custodian or any product",
  configSchema,
  access: ACCESS,
  create(config, context) {
    if (isZone(config.zone)) return new ScannerReport(config, context, process.stderr)
    throw new PermanentError(
      'ZONE_UNKNOWN',
      `zone ${config.zone} is no IANA time zone: write UTC or, say, Europe/Berlin`,
    )
  },
}

/** A report that has to be read, after a first look at it. */
interface Pending {
  readonly path: string
  readonly preview: Preview
}

/**
 * Reads every report that is new or has changed, one at a time, by the time of its first record and then by name. A file
 * that cannot be read holds up no other: it is named at the end, by a PermanentError (`REPORT_NOT_READABLE`).
 */
class ScannerReport implements Collector {
  readonly #context: Context
  readonly #config: Config
  readonly #progress: Progress
  readonly #isTerminal: boolean

  constructor(config: Config, context: Context, terminal: Terminal) {
    this.#config = config
    this.#context = context
    this.#progress = progressOn(terminal, context.clock)
    this.#isTerminal = terminal.isTTY === true
  }

  async check(): Promise<void> {
    await checkPaths(this.#config.paths, REPORTS, this.#context.log)
  }

  async *collect(position: unknown, signal: AbortSignal): AsyncIterable<CollectedBatch> {
    const listing = await listFiles(this.#config.paths, REPORTS)
    const sweep = new FileSweep(listing, position, REPORTS, this.#context.log)
    const pending: Pending[] = []
    for (const path of sweep.files) {
      try {
        if (!(await sweep.hasRead(path, signal))) pending.push(await this.#look(path, signal))
      } catch (error) {
        sweep.failed(path, error, signal)
      }
    }
    for (const each of pending.toSorted(byTimeThenName)) {
      try {
        yield* this.#read(each, sweep, signal)
      } catch (error) {
        sweep.failed(each.path, error, signal)
      } finally {
        this.#progress.clear()
      }
    }
    sweep.end()
  }

  async #look(path: string, signal: AbortSignal): Promise<Pending> {
    const { format, zone } = this.#config
    return { path, preview: await preview(path, format, { zone, reportedAt: 0, withoutData: true }, signal) }
  }

  async *#read(
    { path, preview: seen }: Pending,
    sweep: FileSweep,
    signal: AbortSignal,
  ): AsyncGenerator<CollectedBatch> {
    const context = this.#context
    if (seen.kind === 'refused' || seen.kind === 'empty') {
      yield* this.#passOver(path, seen, sweep, signal)
      return
    }
    if (!this.#isTerminal) context.log.info({ path }, `Reading ${path}.`)
    const writtenAt = await this.#writtenAt(path)
    const { format, scope, zone } = this.#config
    const mapping = { zone, reportedAt: writtenAt }
    const reading = new ReportReading({ context, format, scope, mapping, progress: this.#progress })
    const file = new ReportFile(path)
    yield* reading.batches(file, signal)
    const last = reading.last(file.damage, seen.kind === 'no-records' ? writtenAt : undefined)
    this.#progress.clear()
    this.#report(file, reading)
    yield { ...last, ...(file.changed ? {} : { position: sweep.remember(path, file.mark()) }) }
  }

  /** A file that is no report is set aside once, and not looked at again until it changes. */
  async *#passOver(
    path: string,
    seen: Preview & { kind: 'refused' | 'empty' },
    sweep: FileSweep,
    signal: AbortSignal,
  ): AsyncGenerator<CollectedBatch> {
    const { log } = this.#context
    const { size, mtimeMs } = await stat(path)
    const position = sweep.remember(path, { size, mtimeMs, digest: await digestOf(path, signal) })
    if (seen.kind === 'empty') {
      log.warn(
        { path },
        `${path} is empty: its scanner has not written it, or not to its end. It is read when it changes.`,
      )
      yield { events: [], read: 0, position }
      return
    }
    log.error({ path, code: seen.error.code }, `${seen.error.message}. It is set aside whole.`)
    yield { events: [], unreadable: [await refusedReport(path, size, seen.error)], read: 1, position }
  }

  #report({ path, damage }: ReportFile, { records, setAside, repeated }: ReportReading): void {
    const { log } = this.#context
    const fields = { path, records, setAside, repeated, damage }
    if (setAside === 0 && damage.length === 0) log.info(fields, `Read ${records} records of ${path}.`)
    else log.warn(fields, `Read ${records} records of ${path}, but not all of it is sound: its scans count as partial.`)
  }

  /** In milliseconds since the epoch; the present for a file from the future. */
  async #writtenAt(path: string): Promise<number> {
    const { mtimeMs } = await stat(path)
    return Math.max(0, Math.min(Math.floor(mtimeMs), this.#context.clock()))
  }
}

function byTimeThenName(one: Pending, other: Pending): number {
  const [time, otherTime] = [timeOf(one), timeOf(other)]
  if (time !== otherTime) return time < otherTime ? -1 : 1
  return one.path < other.path ? -1 : 1
}

/** Reports without any time come last. */
function timeOf({ preview: seen }: Pending): number {
  return seen.kind === 'report' ? (seen.firstTime ?? Infinity) : Infinity
}
