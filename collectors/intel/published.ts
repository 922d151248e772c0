import { setImmediate as breathe } from 'node:timers/promises'
import { digest } from '../../core/digest.ts'
import type { IntelObserved } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch } from '../collector.ts'
import type { FeedContent, ListName, Page } from './feed-content.ts'
import type { ListMark } from './position.ts'

/** Pages of one batch. */
const BATCH_PAGES = 100
/** What of a page's digest is remembered, in hex digits: it only has to differ from the page's own last one. */
const REMEMBERED = 16

/** What is to be remembered of a list once it is published. */
export async function markOf({ at, count, pages }: FeedContent): Promise<ListMark> {
  const digests: Record<string, string> = {}
  for (const [index, uid] of [...pages.keys()].toSorted().entries()) {
    if (index % BATCH_PAGES === 0) await breathe()
    digests[uid] = digest(heldBy(pages.get(uid)!)).slice(0, REMEMBERED)
  }
  return { at, count, digest: digest(digests), pages: digests }
}

/** Whether there is nothing to publish. */
export function isSame(mark: ListMark, last: ListMark | undefined): boolean {
  return last !== undefined && mark.at === last.at && mark.count === last.count && mark.digest === last.digest
}

/** The pages that are not as they were last. */
export function changedPages({ pages }: ListMark, last: ListMark | undefined): string[] {
  return Object.keys(pages).filter((uid) => last?.pages[uid] !== pages[uid])
}

interface Publication {
  readonly mark: ListMark
  /** The uids of its pages that have changed. */
  readonly changed: readonly string[]
  readonly now: number
  /** What is saved once all of it is durable. */
  readonly position: unknown
}

/**
 * What has changed of a list, and then, in a batch of its own, that it is whole. The same list gives events with the same
 * ids, whenever it is read.
 */
export function* batchesOf(
  list: ListName,
  { pages }: FeedContent,
  { mark, changed, now, position }: Publication,
): Generator<CollectedBatch> {
  const { at, count } = mark
  const event = (intel: IntelObserved['intel'], held: string | undefined): IntelObserved => ({
    type: 'intel.observed',
    id: digest([intel.uid, at, held]),
    time: now,
    intel,
  })
  for (let start = 0; start < changed.length; start += BATCH_PAGES) {
    const uids = changed.slice(start, start + BATCH_PAGES)
    yield { events: uids.map((uid) => event(pages.get(uid)!, mark.pages[uid])), read: 0 }
  }
  const whole = { list, at, count, digest: mark.digest, pages: Object.keys(mark.pages) }
  yield { events: [event({ kind: 'snapshot', uid: `${list}/snapshot`, ...whole }, mark.digest)], read: 0, position }
}

function heldBy(page: Page): object {
  return page.kind === 'epss' ? page.scores : page.entries
}
