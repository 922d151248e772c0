import fc from 'fast-check'

type Path = readonly (string | number)[]

/** What stands where something else should: what JSON can hold, and words that objects have of themselves. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '/',
    '//x/',
    'constructor',
    '__proto__',
    'toString',
    'ARCHIVED',
    'SUPPRESSED',
    'NOT_AVAILABLE',
    '\uD83D',
    '2026-03-29T02:30:00',
    '2026-03-29 02:30:00 UTC',
    'Jun 03 2026 11:18:08',
    '2026-06-02T23:59:48.1234567Z',
    '2026-11-28T12:00:00Z',
    -1,
    0,
    1_764_076_800,
    1_764_076_800_000_000,
    [],
    {},
    [null],
    [null, {}, [[]], 'x', 7],
    Array.from({ length: 33 }, (_, at) => ({ Type: 'Other', Id: `r-${at}`, uid: `r-${at}` })),
  ),
)

/** Any body that a source might send: mostly these samples with up to five parts changed, else any JSON at all. */
export function anyBodyOf(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: mutated(samples) },
    { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()) },
    { weight: 1, arbitrary: fc.oneof(odd, fc.constant('<html><body>502 Bad Gateway</body></html>')) },
  )
}

/** A sample with up to five of its parts replaced, removed, wrapped, doubled or renamed. */
function mutated(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .record({
      body: fc.constantFrom(...samples),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat(5), odd), { maxLength: 5 }),
    })
    .map(({ body, changes }) => {
      const copy: unknown = structuredClone(body)
      for (const [which, how, value] of changes) {
        const paths = pathsOf(copy)
        const path = paths[which % paths.length]
        if (path !== undefined) change(copy, path, how, structuredClone(value))
      }
      return copy
    })
}

function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key]
    return [path, ...pathsOf(each, path)]
  })
}

function change(root: unknown, path: Path, how: number, value: unknown): void {
  const last = path.at(-1)!
  let parent = root as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent
  const before = parent[last]
  if (how === 1) delete parent[last]
  else if (how === 2) parent[last] = [before]
  else if (how === 3 && Array.isArray(before))
    parent[last] = [...(before as unknown[]), value, ...(before as unknown[])]
  else if (how === 4) parent[last] = typeof before === 'string' ? `${before}/${JSON.stringify(value)}` : [value, before]
  else if (how === 5) parent[`${last}`.toLowerCase()] = before
  else parent[last] = value
}
