import { TransientError } from '../../../core/errors.ts'
import type { Attempted } from '../describer.ts'

const WIDTH = 8

/** All pages of a listing, one after the other. Throws AWS_PAGES_REPEAT where a page names itself as the next one. */
export async function* pages<Answer>(
  ask: (token: string | undefined) => Promise<Answer>,
  next: (answer: Answer) => string | undefined,
): AsyncGenerator<Answer> {
  let token: string | undefined
  do {
    const answer = await ask(token)
    yield answer
    token = following(token, next(answer))
  } while (token !== undefined)
}

/** What all pages hold, or the first refusal among them: a part of a listing is none. */
export async function attemptAll<Answer, Item>(
  ask: (token: string | undefined) => Promise<Attempted<Answer>>,
  read: (answer: Answer) => { readonly items: readonly Item[] | undefined; readonly next: string | undefined },
): Promise<Attempted<Item[]>> {
  const all: Item[] = []
  let token: string | undefined
  do {
    const attempted = await ask(token)
    if (!('value' in attempted)) return attempted
    const { items, next } = read(attempted.value)
    all.push(...(items ?? []))
    token = following(token, next)
  } while (token !== undefined)
  return { value: all }
}

/**
 * The results of `work` in the order of the items, a few items at once. Where one fails, no other is begun, and the failure
 * comes when those that run have ended.
 */
export async function* concurrently<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  width: number = WIDTH,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = []
  try {
    for (const item of items) {
      const result = work(item)
      // It is awaited in its turn; until then its failure has to have somebody who listens.
      result.catch(() => undefined)
      running.push(result)
      if (running.length >= width) yield await running.shift()!
    }
    for (const result of running) yield await result
  } finally {
    await Promise.allSettled(running)
  }
}

/** The same, without what gives undefined: it has gone since it was listed. */
export async function* stillThere<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result | undefined>,
): AsyncGenerator<Result> {
  for await (const result of concurrently(items, work)) if (result !== undefined) yield result
}

/** The items in groups of at most `size`. */
export function groupsOf<Item>(items: readonly Item[], size: number): Item[][] {
  const groups: Item[][] = []
  for (let from = 0; from < items.length; from += size) groups.push(items.slice(from, from + size))
  return groups
}

/** Some services end with an empty token. */
function following(token: string | undefined, next: string | undefined): string | undefined {
  if (next === undefined || next === '') return undefined
  if (next !== token) return next
  throw new TransientError('AWS_PAGES_REPEAT', 'AWS names a page of a listing as the one that follows it; sweep again')
}
