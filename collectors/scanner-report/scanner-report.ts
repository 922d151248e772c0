import { stat } from 'node:fs/promises'
import type { Context } from '../../core/component.ts'
import { durationMs } from '../../core/duration.ts'
import { PermanentError } from '../../core/errors.ts'
import { isZone } from '../../core/time.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch, Collector, CollectorDefinition, SetAsideBytes, Sweep } from '../collector.ts'
import { digestOf } from '../files/file-marks.ts'
import { listFiles } from '../files/file-paths.ts'
import { checkPaths, FileSweep, filesSentence } from '../files/file-sweep.ts'
import { progressOn, type Progress, type Terminal } from '../files/progress.ts'
import { Settling } from '../files/settling.ts'
import { scannerReportErrors } from './error-notes.ts'
import { ACCESS, REPORTS, configSchema, type Config } from './config.ts'
import { endingOf } from './report-ending.ts'
import { ReportFile } from './report-file.ts'
import { preview, type Preview } from './report-preview.ts'
import { ReportReading, refusedReport } from './report-reading.ts'
import { reread } from './reread.ts'

/** Reads the reports that scanners leave as files. */
export const scannerReport: CollectorDefinition<typeof configSchema> = {
  name: 'scanner-report',
  summary: "Reads scanners' report files: OCSF findings of any product, Prowler's among them, and ASFF",
  configSchema,
  access: ACCESS,
  limits: [
    'Reports are read one at a time, in constant memory; a record is mapped whole and goes without its free-form data when it is large.',
    'A scan closes only what its report shows to have been looked at, or what scope declares.',
  ],
  errors: scannerReportErrors,
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

/** What one sweep reads with. */
interface Round {
  readonly sweep: FileSweep
  readonly isLast: boolean
  readonly signal: AbortSignal
  /** What changed while it was read. */
  readonly changed: string[]
}

/**
 * Reads every report that is new or has changed, one at a time, by the time of its first record and then by name; one that
 * is still being written when it is whole (see Settling). A file that cannot be read holds up no other: it is named at the
 * end, by a PermanentError (`REPORT_NOT_READABLE`).
 */
class ScannerReport implements Collector {
  readonly #context: Context
  readonly #config: Config
  readonly #progress: Progress
  readonly #settling: Settling

  constructor(config: Config, context: Context, terminal: Terminal) {
    this.#config = config
    this.#context = context
    this.#progress = progressOn(terminal, context)
    this.#settling = new Settling({
      context,
      settleMs: config.settle.startsWith('0') ? 0 : durationMs(config.settle),
      endingOf,
    })
  }

  async check(): Promise<void> {
    await checkPaths(this.#config.paths, REPORTS, this.#context.log)
  }

  async outlook(): Promise<readonly string[]> {
    const { paths, scope } = this.#config
    const closes =
      scope === undefined
        ? 'A whole report closes what it no longer mentions, in the account, the regions and the checks that occur in it; as no scope is declared, absence closes nothing else, and of OCSF of other products than Prowler nothing at all.'
        : 'A whole report closes what it no longer mentions, in the scope that is declared.'
    return [await filesSentence(paths, REPORTS), closes]
  }

  reread(letter: SetAsideBytes, signal: AbortSignal): Promise<readonly PostureEvent[]> {
    return reread(letter, { ...this.#config, context: this.#context }, signal)
  }

  async *collect(
    position: unknown,
    signal: AbortSignal,
    { isLast }: Sweep = { isLast: true },
  ): AsyncIterable<CollectedBatch> {
    const listing = await listFiles(this.#config.paths, REPORTS)
    const sweep = new FileSweep(listing, position, REPORTS, this.#context.log)
    const due: string[] = []
    for (const path of sweep.files) {
      try {
        if (!(await sweep.hasRead(path, signal))) due.push(path)
      } catch (error) {
        sweep.failed(path, error, signal)
      }
    }
    const changed: string[] = []
    yield* this.#readAll(due, { sweep, isLast, signal, changed })
    // Once more, when it stands still; what changes even then is left to the next sweep.
    yield* this.#readAll(changed, { sweep, isLast, signal, changed: [] })
    sweep.end()
  }

  async *#readAll(paths: readonly string[], round: Round): AsyncGenerator<CollectedBatch> {
    const { sweep, isLast, signal } = round
    for await (const ready of this.#settling.ready(paths, isLast, signal)) {
      const pending: Pending[] = []
      for (const path of ready) {
        try {
          pending.push({ path, preview: await this.#look(path, signal) })
        } catch (error) {
          sweep.failed(path, error, signal)
        }
      }
      for (const each of pending.toSorted(byTimeThenName)) {
        try {
          yield* this.#read(each, round)
        } catch (error) {
          sweep.failed(each.path, error, signal)
        } finally {
          this.#progress.clear()
        }
      }
    }
  }

  async #look(path: string, signal: AbortSignal): Promise<Preview> {
    const { format, zone, account } = this.#config
    return preview(path, format, { zone, account, reportedAt: 0, withoutData: true }, signal)
  }

  async *#read({ path, preview: seen }: Pending, round: Round): AsyncGenerator<CollectedBatch> {
    const context = this.#context
    if (seen.kind === 'refused' || seen.kind === 'empty') {
      yield* this.#passOver(path, seen, round)
      return
    }
    this.#progress.begin(path)
    const writtenAt = await this.#writtenAt(path)
    const { format, scope, zone, account } = this.#config
    const mapping = { zone, account, reportedAt: writtenAt }
    const reading = new ReportReading({ context, format, scope, mapping, progress: this.#progress })
    const file = new ReportFile(path)
    yield* reading.batches(file, round.signal)
    const isEmpty = seen.kind === 'no-records' && reading.records === 0
    const last = reading.last(file.damage, isEmpty ? writtenAt : undefined)
    this.#progress.clear()
    this.#report(file, reading)
    if (file.changed && !file.removed) round.changed.push(path)
    yield { ...last, ...(file.changed ? {} : { position: round.sweep.remember(path, file.mark()) }) }
  }

  /** A file that is no report is set aside once, and not looked at again until it changes. */
  async *#passOver(
    path: string,
    seen: Preview & { kind: 'refused' | 'empty' },
    { sweep, signal }: Round,
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

  #report({ path, damage, changed, removed }: ReportFile, { records, setAside, repeated }: ReportReading): void {
    const { log } = this.#context
    const fields = { path, records, setAside, repeated, damage }
    if (setAside === 0 && damage.length === 0) log.info(fields, `Read ${records} records of ${path}.`)
    else log.warn(fields, `Read ${records} records of ${path}, but not all of it is sound: its scans count as partial.`)
    if (removed)
      log.info({ path }, `${path} was removed or replaced while it was read; what is there now is read next.`)
    else if (changed) log.info({ path }, `${path} changed while it was read: it is read again.`)
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
