import { beforeAll, expect, test } from 'vitest'
import { Bench, pages } from '../guides/bench.ts'
import { runExamples } from '../guides/help.ts'

/** As many as there are processors on the smallest machine that runs the tests. */
const BENCHES = 2
const LONGEST_MS = 600_000

const own = pages.filter(
  ({ servers, inTree, parts }) => !inTree && servers.length === 0 && parts.some(({ kind }) => kind === 'commands'),
)
/** What went wrong, by page; and by `--help` of its examples. */
const wrong = new Map<string, readonly string[]>()
let examples = 0

beforeAll(async () => {
  const jobs = [
    async (bench: Bench): Promise<void> => {
      const ran = await runExamples(bench)
      examples = ran.count
      wrong.set('--help', ran.wrong)
    },
    ...own.map(
      (page) =>
        async (bench: Bench): Promise<void> =>
          void wrong.set(page.path, await bench.runPage(page)),
    ),
  ]
  const work = async (): Promise<void> => {
    await using bench = await Bench.start()
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job(bench)
  }
  await Promise.all(Array.from({ length: BENCHES }, work))
}, LONGEST_MS)

test('every block of commands is run here or with servers, or says why it is not', () => {
  const left = pages.flatMap(({ path, parts }) =>
    parts.flatMap((part) => (part.kind === 'not run' ? [`${path}:${part.line}  ${part.first}  (${part.why})`] : [])),
  )
  if (left.length > 0) console.info(`Commands of guides that are not run:\n${left.join('\n')}`)
  const run = pages.flatMap(({ parts }) => parts.filter(({ kind }) => kind === 'commands'))
  expect(run.length).toBeGreaterThan(left.length)
})

test.each(own)('$path: every command does what the page says', ({ path }) => {
  expect(wrong.get(path)).toEqual([])
})

test('every example of --help can be typed as it stands', () => {
  expect(examples).toBeGreaterThan(20)
  expect(wrong.get('--help')).toEqual([])
})
