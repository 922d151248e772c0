import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import type { Measured } from './enrich/measure.child.ts'
import { aligned } from './figures.ts'

// What the graph of assets costs, and what it does to enrichment: npm run bench:enrich -- --help
const { values } = parseArgs({
  options: {
    max: { type: 'string', default: '1000000' },
    findings: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
})
const HELP = `Findings a second of CPU with 10,000, 100,000 and 1,000,000 assets loaded, and what loading them takes: seconds
of CPU to build the graph from the local store, and bytes an asset beside its id. Each size is a process of its own. "enriched" is all
that enrichment does for a finding but for the stream, "exposures" only finding out who can reach its resource.

  --max N        the most assets (${values.max})
  --findings N   in each measurement (${values.findings})

The goals at 1,000,000 assets: built in less than 30 s, at most 256 bytes an asset beside its id.`
const SIZES = [10_000, 100_000, 1_000_000]
const LIMIT_MS = 900_000
const child = join(import.meta.dirname, 'enrich/measure.child.ts')

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const measured: Measured[] = []
  for (const size of SIZES.filter((each) => each <= Number(values.max))) {
    const args = [child, String(size), values.findings]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS })
    measured.push(JSON.parse(stdout) as Measured)
    console.error(`${size} assets: done`)
  }
  const head = [
    'assets',
    'edges',
    'built in CPU s',
    'bytes an asset',
    'beside the id',
    'exposures/CPU s',
    'enriched/CPU s',
    'of the first',
  ]
  const [first] = measured
  const lines = measured.map((each) => [
    each.assets.toLocaleString('en'),
    each.edges.toLocaleString('en'),
    each.restoreSeconds.toFixed(2),
    each.bytes.toFixed(0),
    (each.bytes - each.idBytes).toFixed(0),
    rate(each.findings, each.exposureSeconds).toFixed(0),
    rate(each.findings, each.enrichSeconds).toFixed(0),
    (first!.enrichSeconds / each.enrichSeconds).toFixed(2),
  ])
  console.log(aligned([head, ...lines]).join('\n'))
}

function rate(count: number, seconds: number): number {
  return count / seconds
}
