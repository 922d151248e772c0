import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { IntelObserved } from '../../schemas/generated/posture-event.ts'
import { HttpListener } from '../../test/servers/http-listener.ts'
import type { CollectedBatch } from '../collector.ts'

/** The day on which the samples are read, in milliseconds since the epoch. */
export const TODAY = Date.UTC(2026, 10, 25, 15)

/** Scores by CVE id, as they stand in the file. */
type Scores = Readonly<Record<string, string>>

export const SCORES: Scores = {
  'CVE-1999-0001': '0.0142,0.80412',
  'CVE-2024-3094': '0.85193,0.99412',
  'CVE-2024-3400': '0.94321,0.99951',
  'CVE-2026-10001': '8e-05,0.01',
}

/** An EPSS file of these scores, in FIRST's form. */
export function epssCsv(scores: Scores = SCORES, date = '2026-11-25T00:00:00+0000'): string {
  const rows = Object.entries(scores).map(([cve, values]) => `${cve},${values}\n`)
  return `#model_version:v2025.03.14,score_date:${date}\ncve,epss,percentile\n${rows.join('')}`
}

/** The first so many CVEs of a list like the real one: some 14,000 a year. */
export function manyScores(count: number): Scores {
  const entries = Array.from({ length: count }, (_, index) => {
    const cve = `CVE-${2026 - (index % 20)}-${String(1 + Math.floor(index / 20)).padStart(4, '0')}`
    return [cve, `${(((index * 7919) % 99_991) / 1e5).toFixed(5)},${(index / count).toFixed(5)}`]
  })
  return Object.fromEntries(entries) as Scores
}

/** One entry of CISA's catalogue, with the fields that we do not read too. */
export function kevEntry(cveID: string, more: object = {}): object {
  return {
    cveID,
    vendorProject: 'Example',
    product: 'Gateway',
    vulnerabilityName: 'Example Gateway Command Injection Vulnerability',
    dateAdded: '2024-04-12',
    shortDescription: 'A made-up description.',
    requiredAction: 'Apply the update.',
    dueDate: '2024-04-19',
    knownRansomwareCampaignUse: 'Unknown',
    notes: '',
    cwes: ['CWE-77'],
    ...more,
  }
}

export const LISTED: readonly object[] = [
  kevEntry('CVE-2024-3400', { knownRansomwareCampaignUse: 'Known' }),
  kevEntry('CVE-2021-44228', { dateAdded: '2021-12-10' }),
]

/** A KEV catalogue of these entries, in CISA's form. */
export function kevJson(vulnerabilities: readonly object[] = LISTED, more: object = {}): string {
  return JSON.stringify({
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    catalogVersion: '2026.11.24',
    dateReleased: '2026-11-24T17:00:22.1234Z',
    count: vulnerabilities.length,
    vulnerabilities,
    ...more,
  })
}

/** A folder for the test, removed after it. */
export function sampleFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'intel-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A server for the test, which answers as it is told and keeps what it was asked. */
export async function sampleServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = []
  const listener = new HttpListener(async (request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await listener.start()
  onTestFinished(() => listener.stop())
  return { url: listener.url, requests }
}

/** All that the batches publish, in order. */
export function intelOf(batches: readonly CollectedBatch[]): IntelObserved['intel'][] {
  return batches.flatMap(({ events }) => (events as IntelObserved[]).map(({ intel }) => intel))
}
