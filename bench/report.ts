import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureCommand } from './report/measure-command.ts'
import { writeReport, type ReportKind } from './report/write-report.ts'

// What reading a report of any size takes: npm run bench:report -- --help
const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '1024' },
    kind: { type: 'string', default: 'prowler' },
    gzip: { type: 'boolean', default: false },
    command: { type: 'string', default: 'collect' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const HELP = `Writes a report of so many MB into a temporary folder and lets the real command read it in a process of its
own: findings per CPU second, peak RSS, wall-clock.

  --mb N        its size, unpacked (${values.mb})
  --kind KIND   prowler (a JSON list), ocsf or asff (a record a line) (${values.kind})
  --gzip        pack it
  --command C   collect: read and publish; run: the whole pipeline, until it is idle (${values.command})
  --keep        leave the folder

The goal for 1 GB: less than 400 MB of RSS at any moment.`
const MB = 1024 * 1024
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  collect: ['collect', '--once', 'bench', '--json'],
  run: ['run', '--until-idle', '--summary', 'json'],
}

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const command = COMMANDS[values.command]
  if (command === undefined) throw new Error(`--command is one of ${Object.keys(COMMANDS).join(', ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'bench-report-'))
  try {
    const report = join(folder, `report.${values.kind === 'prowler' ? 'json' : 'ndjson'}${values.gzip ? '.gz' : ''}`)
    const records = await writeReport(report, values.kind as ReportKind, Number(values.mb) * MB)
    const config = join(folder, 'posture.yaml')
    writeFileSync(config, configOf(report))
    console.error(`${megabytes(statSync(report).size)} MB with ${records} records are written; reading them.`)
    const run = await measureCommand(folder, [...command, '--config', config])
    const read = run.summary['in'] ?? 0
    if (read !== records) throw new Error(`${records} records were written and ${read} read`)
    console.log(`records            ${read}
dead letters       ${run.summary['deadLetters']}
findings/CPU s     ${Math.round(read / run.cpuSeconds)}
CPU seconds        ${run.cpuSeconds.toFixed(1)}
wall-clock seconds ${run.wallSeconds.toFixed(1)}
peak RSS           ${megabytes(run.peakRssBytes)} MB`)
  } finally {
    if (values.keep) console.error(folder)
    else rmSync(folder, { recursive: true, force: true })
  }
}

function configOf(report: string): string {
  return `tenant: bench
stream: { type: embedded, directory: ./data }
collectors:
  bench: { type: scanner-report, paths: ["${report}"] }
sinks:
  local: { type: local, path: ./data/findings.db }
`
}

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(0)
}
