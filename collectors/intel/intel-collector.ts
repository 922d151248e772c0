import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import { PermanentError, PipelineError } from '../../core/errors.ts'
import { patiently } from '../../core/patience.ts'
import type { CollectedBatch, Collector } from '../collector.ts'
import { inUse, isOlder, isStale, requireSuccessor } from './acceptance.ts'
import type { IntelConfig } from './config.ts'
import { parseEpss } from './epss.ts'
import { TITLES, type FeedContent, type ListName } from './feed-content.ts'
import type { FeedSource } from './feed-source.ts'
import { parseKev } from './kev.ts'
import { readPosition, writePosition, type ListMark, type Marks } from './position.ts'
import { batchesOf, changedPages, isSame, markOf } from './published.ts'
import { dayOf } from './refused.ts'
import { sourceOf } from './source-of.ts'
import { unpack } from './unpack.ts'

interface Feed {
  readonly list: ListName
  readonly source: FeedSource
  readonly staleAfter: string
}

/** What a look at a feed gave: a mark where there is something to remember, content where there is something to publish. */
interface Look {
  readonly mark?: ListMark
  readonly content?: FeedContent
}

const PARSERS = { epss: parseEpss, kev: parseKev }

/**
 * Reads each list whole before it says anything of it. A list that is refused or out of reach leaves the last good one as
 * it is and holds up no other: it is named at the end, by a PermanentError (`INTEL_INCOMPLETE` where there are several).
 */
export class IntelCollector implements Collector {
  readonly #config: IntelConfig
  readonly #context: Context
  readonly #feeds: readonly Feed[]

  /** Throws a PermanentError (`TLS_FILE`, `INTEL_CONFIG`) when it cannot be made. */
  constructor(config: IntelConfig, context: Context) {
    this.#config = config
    this.#context = context
    this.#feeds = (['epss', 'kev'] as const).flatMap((list) => {
      const feed = config[list]
      if (feed === undefined) return []
      return [{ list, source: sourceOf(feed, list, config), staleAfter: feed.staleAfter }]
    })
  }

  async check(signal: AbortSignal): Promise<void> {
    const failures: PipelineError[] = []
    for (const { source } of this.#feeds) {
      try {
        await source.check(signal)
      } catch (error) {
        failures.push(ours(error, signal))
      }
    }
    throwIfAny(failures)
  }

  async *collect(position: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    let marks = this.#marksIn(position)
    const failures: PipelineError[] = []
    for (const feed of this.#feeds) {
      const last = marks[feed.list]
      const { mark, content } = await this.#look(feed, last, failures, signal)
      if (mark !== undefined) marks = { ...marks, [feed.list]: mark }
      if (mark !== undefined && content === undefined) yield { events: [], read: 0, position: writePosition(marks) }
      if (mark !== undefined && content !== undefined) yield* this.#publish(feed.list, content, mark, last, marks)
      this.#warnIfStale(feed, marks[feed.list])
    }
    throwIfAny(failures)
  }

  async close(): Promise<void> {
    for (const { source } of this.#feeds) await source.close()
  }

  #marksIn(position: unknown): Marks {
    const marks = position === undefined ? {} : readPosition(position)
    if (marks === undefined)
      this.#context.log.warn({}, 'The saved position is none of this collector, so every list is published whole.')
    return marks ?? {}
  }

  async #look(feed: Feed, last: ListMark | undefined, failures: PipelineError[], signal: AbortSignal): Promise<Look> {
    try {
      return await this.#read(feed, last, signal)
    } catch (error) {
      const { code, message } = ours(error, signal)
      const sentence = `${TITLES[feed.list]}: ${message}; ${inUse(feed.list, last)}`
      this.#context.log.error({ error, code, list: feed.list }, `${sentence}.`)
      failures.push(new PermanentError(code, sentence, { cause: error }))
      return {}
    }
  }

  async #read({ list, source }: Feed, last: ListMark | undefined, signal: AbortSignal): Promise<Look> {
    const { log } = this.#context
    const { maxBytes, patience } = this.#config
    const etagOf = digest(source.name)
    const known = last?.etagOf === etagOf ? last.etag : undefined
    const asked = { patience, whom: `The source of ${TITLES[list]}`, context: this.#context }
    const fetched = await patiently(asked, signal, async () => source.read(known, signal))
    if (fetched === undefined) return {}
    const content = await PARSERS[list](await unpack(fetched, source.name, maxBytes), source.name)
    signal.throwIfAborted()
    if (isOlder(content, last)) {
      const fields = { list, at: content.at }
      log.warn(fields, `${source.name} is of ${dayOf(content.at)} and is kept out: ${inUse(list, last)}.`)
      return {}
    }
    requireSuccessor(content, last, source.name, this.#context.clock())
    this.#tellSkipped(list, source.name, content)
    const { etag } = fetched
    const mark = { ...(await markOf(content)), ...(etag === undefined ? {} : { etag, etagOf }) }
    if (!isSame(mark, last)) return { mark, content }
    return mark.etag === last?.etag && mark.etagOf === last?.etagOf ? {} : { mark }
  }

  *#publish(
    list: ListName,
    content: FeedContent,
    mark: ListMark,
    last: ListMark | undefined,
    marks: Marks,
  ): Generator<CollectedBatch> {
    const { clock, log } = this.#context
    const changed = changedPages(mark, last)
    yield* batchesOf(list, content, { mark, changed, now: clock(), position: writePosition(marks) })
    const { at, count } = mark
    const pages = `${changed.length} of ${content.pages.size} pages have changed`
    log.info(
      { list, at, count, changed: changed.length },
      `The ${TITLES[list]} list of ${dayOf(at)} has ${count} CVEs; ${pages}.`,
    )
  }

  #tellSkipped(list: ListName, name: string, { skipped, count }: FeedContent): void {
    if (skipped.count === 0) return
    const fields = { list, skipped: skipped.count, count }
    const what = `${skipped.count} entries are wrong and left out, the first in ${skipped.first}`
    this.#context.log.warn(fields, `${name} is taken, but ${what}.`)
  }

  #warnIfStale({ list, staleAfter, source }: Feed, mark: ListMark | undefined): void {
    if (mark === undefined || !isStale(mark, staleAfter, this.#context.clock())) return
    const what = `is of ${dayOf(mark.at)}, older than ${staleAfter}`
    this.#context.log.warn(
      { list, at: mark.at, staleAfter },
      `The ${TITLES[list]} list in use ${what}: see whether ${source.name} is still kept up to date.`,
    )
  }
}

/** An error that was raised on purpose; rethrows any other, and the signal's reason when it has aborted. */
function ours(error: unknown, signal: AbortSignal): PipelineError {
  signal.throwIfAborted()
  if (error instanceof PipelineError) return error
  throw error
}

function throwIfAny(failures: readonly PipelineError[]): void {
  const [first, second] = failures
  if (first === undefined) return
  if (second === undefined) throw first
  const message = failures.map((each) => each.message).join('; ')
  throw new PermanentError('INTEL_INCOMPLETE', message, { cause: new AggregateError(failures) })
}
