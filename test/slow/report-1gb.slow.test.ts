import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { measureCommand, type MeasuredRun } from '../../bench/report/measure-command.ts'
import { writeReport } from '../../bench/report/write-report.ts'

const MB = 1024 * 1024
const LIMIT_BYTES = 400 * MB
const MINUTES = 60_000

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'large-report-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Lets the real command read it in a process of its own. */
async function collected(report: string): Promise<MeasuredRun> {
  const config = join(folder, 'posture.yaml')
  writeFileSync(
    config,
    `tenant: acme
stream: { type: embedded, directory: ./data }
collectors:
  large: { type: scanner-report, paths: ["${report}"], settle: 0s }
sinks:
  local: { type: local, path: ./data/findings.db }
`,
  )
  return measureCommand(folder, ['collect', '--once', 'large', '--json', '--config', config])
}

function told({ peakRssBytes, cpuSeconds, summary, wallSeconds }: MeasuredRun): string {
  const read = summary['in'] ?? 0
  return `${read} records: ${Math.round(read / cpuSeconds)} findings a CPU second, ${wallSeconds.toFixed(0)} s, peak RSS ${(peakRssBytes / MB).toFixed(0)} MB`
}

describe('a report needs less than 400 MB of memory, and no record of it is lost', () => {
  test.each([
    ['1 GB, a list', 'report.json', 'prowler', 1024],
    ['256 MB of OCSF, packed, a record a line', 'report.ndjson.gz', 'ocsf', 256],
  ] as const)(
    '%s',
    async (_name, file, kind, megabytes) => {
      const report = join(folder, file)
      const records = await writeReport(report, kind, megabytes * MB)
      const run = await collected(report)
      console.info(told(run))
      expect(run.summary).toMatchObject({ in: records, deadLetters: 0 })
      expect(run.log).toMatch(/Reading .*: \d+ %, \d+ records\./)
      expect(run.peakRssBytes).toBeLessThan(LIMIT_BYTES)
    },
    20 * MINUTES,
  )

  test(
    'with a line of 100 MB',
    async () => {
      const report = join(folder, 'report.ndjson')
      const records = await writeReport(report, 'asff', 20 * MB)
      const file = openSync(report, 'a')
      writeSync(file, '{"Title":"')
      for (let at = 0; at < 100; at++) writeSync(file, Buffer.alloc(MB, 'x'))
      writeSync(file, '"}\n')
      closeSync(file)
      const run = await collected(report)
      console.info(told(run))
      expect(run.summary).toMatchObject({ in: records + 1, deadLetters: 1 })
      expect(run.peakRssBytes).toBeLessThan(LIMIT_BYTES)
    },
    5 * MINUTES,
  )
})
