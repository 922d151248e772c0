import { parseArgs } from 'node:util'
import type { EvidenceVector } from '../enrichment/evidence.ts'
import { prioritise } from '../enrichment/priority/prioritise.ts'
import { Ruleset } from '../enrichment/priority/ruleset.ts'
import { TABLES } from '../enrichment/priority/tables.ts'
import { aligned, median } from './figures.ts'
import { sampleFindings } from './priority/findings.ts'
import { enrich, type Used } from './priority/share.ts'
import { wholeContexts } from './priority/vectors.ts'

// What a priority costs: npm run bench:priority -- --help
const { values } = parseArgs({
  options: {
    findings: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})
const HELP = `Priorities with their explanation a CPU second, how many bands are looked up for one, and which share of enrichment's CPU
time they take: medians. The findings are those of the sample account, multiplied, and vectors of evidence as a whole context would give.

  --findings N  (${values.findings})
  --rounds N    (${values.rounds})`
const MOST_LOOKUPS = 40
const HEADING = ['evidence', 'vectors', 'distinct', 'warm /CPU s', 'cold /CPU s', 'look-ups mean', 'most']

if (values.help) console.log(HELP)
else await main(Number(values.findings), Number(values.rounds))

async function main(count: number, rounds: number): Promise<void> {
  const findings = sampleFindings(count)
  await enrich(findings)
  const used: Used[] = []
  for (let round = 0; round < rounds; round++) used.push(await enrich(findings))
  const sample = used[0]!.priorities.map(({ evidence }) => evidence)
  const whole = wholeContexts(count)
  const lines = [measured('sample account', sample, rounds), measured('whole contexts', whole, rounds)]
  console.log(aligned([HEADING, ...lines]).join('\n'))
  tellShare(used, count)
}

/** Warm: the ruleset remembers what this round asks for. Cold: it is made anew for the round, which is counted too. */
function measured(name: string, vectors: readonly EvidenceVector[], rounds: number): string[] {
  const warm = new Ruleset(TABLES)
  for (const vector of vectors) prioritise(vector, warm)
  const each = Array.from({ length: rounds }, () => ({
    warm: rate(vectors, warm),
    cold: rate(vectors),
  }))
  const lookups = vectors.map((vector) => {
    const before = warm.lookups
    prioritise(vector, warm)
    return warm.lookups - before
  })
  const most = Math.max(...lookups)
  if (most > MOST_LOOKUPS) process.exitCode = 1
  return [
    name,
    String(vectors.length),
    String(new Set(vectors.map((vector) => JSON.stringify(vector))).size),
    Math.round(median(each.map((round) => round.warm))).toLocaleString('en'),
    Math.round(median(each.map((round) => round.cold))).toLocaleString('en'),
    (lookups.reduce((sum, count) => sum + count, 0) / lookups.length).toFixed(1),
    String(most),
  ]
}

function rate(vectors: readonly EvidenceVector[], ruleset?: Ruleset): number {
  const before = process.cpuUsage()
  const used = ruleset ?? new Ruleset(TABLES)
  for (const vector of vectors) prioritise(vector, used)
  const { user, system } = process.cpuUsage(before)
  return vectors.length / ((user + system) / 1e6)
}

function tellShare(used: readonly Used[], count: number): void {
  const perFinding = (seconds: number): string => `${((seconds / count) * 1e6).toFixed(0)} µs`
  const share = median(used.map(({ priority, enrichment }) => priority / enrichment)) * 100
  const all = perFinding(median(used.map(({ enrichment }) => enrichment)))
  const own = perFinding(median(used.map(({ priority }) => priority)))
  console.log(`\nShare of enrichment's CPU time: ${share.toFixed(1)} % (${own} of ${all} a finding; goal: under 15 %).`)
  console.log(
    'CPU time of the thread inside the enricher, over that of the process for whole batches without a stream.',
  )
}
