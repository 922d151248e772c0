import { setImmediate as breathe } from 'node:timers/promises'
import type { EpssPage } from '../../schemas/generated/posture-event.ts'
import { readTime } from '../../core/time.ts'
import { cveId, epssPageOf, parseCve } from '../../schemas/cve.ts'
import { requireFewPages, Skipped, type FeedContent } from './feed-content.ts'
import { quoted, refused } from './refused.ts'
import type { FeedText } from './unpack.ts'

const COLUMNS = ['cve', 'epss', 'percentile'] as const
const SHARE = /^(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i
/** After so many lines others get their turn. */
const LINES_AT_A_TIME = 20_000

/** Where the three columns stand, and how many there are. */
interface Header {
  readonly at: readonly [cve: number, score: number, percentile: number]
  readonly width: number
}

type Scores = Record<string, [number, number]>

/**
 * The list as FIRST publishes it: a comment with score_date, the names of the columns, one line per CVE. Throws a
 * PermanentError (`INTEL_REFUSED`) for everything that is not such a list from its beginning to its end.
 */
export async function parseEpss({ text, whole }: FeedText, name: string): Promise<FeedContent> {
  if (!whole && !text.endsWith('\n'))
    throw refused(name, 'ends in the middle of a line, so it is cut off: fetch it again')
  const lines = linesOf(text)
  const at = dateIn(lines.next().value, name)
  const header = headerIn(lines.next().value, name)
  const pages = new Map<string, EpssPage>()
  const skipped = new Skipped()
  let number = 2
  let count = 0
  for (const line of lines) {
    number += 1
    if (number % LINES_AT_A_TIME === 0) await breathe()
    if (line === '') continue
    const problem = keep(line, header, pages)
    if (problem === undefined) count += 1
    else skipped.add(`line ${number}`, problem)
    if (number % LINES_AT_A_TIME === 0) requireFewPages(pages, name)
  }
  requireFewPages(pages, name)
  skipped.requireFew(count + skipped.count, name)
  return { at, count, pages, skipped }
}

/** What is wrong with the line; undefined where its score is kept. */
function keep(line: string, { at, width }: Header, pages: Map<string, EpssPage>): string | undefined {
  const cells = line.split(',')
  if (cells.length !== width) return `it has ${cells.length} columns, not ${width}`
  const [id, score, percentile] = at.map((index) => cells[index]!.trim()) as [string, string, string]
  const parsed = parseCve(id)
  if (parsed === undefined) return `${quoted(id)} is no CVE id`
  const values = [shareOf(score), shareOf(percentile)] as const
  if (values[0] === undefined) return `the score ${quoted(score)} is not between 0 and 1`
  if (values[1] === undefined) return `the percentile ${quoted(percentile)} is not between 0 and 1`
  const scores = scoresOf(epssPageOf(parsed), pages)
  const cve = cveId(parsed)
  if (Object.hasOwn(scores, cve)) return `${cve} is there twice`
  scores[cve] = [values[0], values[1]]
  return undefined
}

function scoresOf(uid: string, pages: Map<string, EpssPage>): Scores {
  const known = pages.get(uid)
  if (known !== undefined) return known.scores
  const scores: Scores = {}
  pages.set(uid, { kind: 'epss', uid, scores })
  return scores
}

function shareOf(text: string): number | undefined {
  const value = SHARE.test(text) ? Number(text) : NaN
  return value >= 0 && value <= 1 ? value : undefined
}

function dateIn(line: string | void, name: string): number {
  const found = line?.startsWith('#') === true ? /score_date:\s*([^,\s]+)/.exec(line)?.[1] : undefined
  const at = readTime(found, { unit: 'milliseconds' })?.at
  if (at !== undefined) return at
  const what = `begins with ${quoted(line ?? '')}, not with "#model_version:…,score_date:…": without its date it is not used`
  throw refused(name, `${what}; name FIRST's own file, its first line included`)
}

function headerIn(line: string | void, name: string): Header {
  const names = (line ?? '').split(',').map((each) => each.trim().toLowerCase())
  const at = COLUMNS.map((column) => names.indexOf(column)) as [number, number, number]
  if (!at.includes(-1)) return { at, width: names.length }
  throw refused(name, `has the columns ${quoted(line ?? '')} where cve,epss,percentile is expected`)
}

function* linesOf(text: string): Generator<string, void> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    yield text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end)
    start = end + 1
  }
}
