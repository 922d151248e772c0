import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchOpenSearch } from '../scratch-opensearch.ts'
import { ScratchPipeline, type WrittenEvent } from '../scratch-pipeline.ts'
import { HecServer } from '../servers/hec/hec-server.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'
import { sharedVictoriaLogs } from '../servers/victoria-logs/shared-victoria-logs.ts'

const TOKEN = 'c0ffee00-0000-4000-8000-000000000001'
/** The second one changes some of what the first one opened. */
const RUNS = [['account', 'scan-1'], ['after-fix-and-mute']]

interface Hits {
  readonly hits: { readonly hits: readonly { readonly _source: WrittenEvent }[] }
}

test('the sample account arrives in OpenSearch and over HEC as it stands in the local store and the files', async (context) => {
  const [brokers, opensearch, logs] = [
    await sharedBrokers(context),
    await sharedOpenSearch(context),
    await sharedVictoriaLogs(context),
  ]
  const kafka = await ScratchKafka.create({ brokers, partitions: 3 })
  const { prefix } = kafka.options
  const { index, dataStream } = new ScratchOpenSearch(opensearch)
  const hec = await HecServer.start({ tokens: [{ token: TOKEN }], forwardTo: logs.hec })
  onTestFinished(() => hec.stop())
  const pipeline = new ScratchPipeline(kafka, [
    `search: { type: opensearch, nodes: ["${opensearch}"], index: "${index}", history: { dataStream: "${dataStream}" } }`,
    `siem: { type: splunk, endpoints: ["${hec.url}"], token: "${TOKEN}", source: "${prefix}" }`,
  ])
  onTestFinished(() => pipeline.remove())
  const installed = await pipeline.command('opensearch', 'install')
  expect(installed.code, installed.stderr).toBe(0)
  for (const scans of RUNS) {
    for (const scan of scans) pipeline.addSample(`${scan}/prowler.ocsf.json`)
    expect(await pipeline.run()).toMatchObject({ deadLetters: 0 })
  }

  const newest = newestOf(pipeline.written())
  const documents = await search(`${opensearch}/${index}`)
  expect(new Map(documents.map((document) => [document.finding_info.uid_alt, document]))).toEqual(newest)
  expect(countsOf(documents.map(({ unmapped }) => unmapped.state))).toEqual(countsOf(statesOf(pipeline.latest())))
  expect((await search(`${opensearch}/${dataStream}`)).map(idOf).toSorted()).toEqual(pipeline.revisions())

  const rows = await logs.query(`source:="${prefix}" | limit 10000`)
  expect(rows.map((row) => `${row['fields.finding_key']} ${row['fields.revision']}`).toSorted()).toEqual(
    pipeline.revisions(),
  )
  expectOracle(documents, pipeline.directory, context)
})

async function search(place: string): Promise<WrittenEvent[]> {
  await fetch(`${place}/_refresh`, { method: 'POST' })
  const answer = (await (await fetch(`${place}/_search?size=10000`)).json()) as Hits
  return answer.hits.hits.map(({ _source }) => _source)
}

function newestOf(written: readonly WrittenEvent[]): Map<string, WrittenEvent> {
  const newest = new Map<string, WrittenEvent>()
  for (const event of written) {
    const known = newest.get(event.finding_info.uid_alt)
    if (known === undefined || known.metadata.sequence < event.metadata.sequence)
      newest.set(event.finding_info.uid_alt, event)
  }
  return newest
}

function statesOf(rows: readonly unknown[]): string[] {
  return (rows as readonly { readonly state: string }[]).map(({ state }) => state)
}

function countsOf(states: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

function idOf({ finding_info, metadata }: WrittenEvent): string {
  return `${finding_info.uid_alt} ${metadata.sequence}`
}

function expectOracle(documents: readonly object[], directory: string, context: { skip(note: string): never }): void {
  const folder = join(directory, 'documents')
  mkdirSync(folder)
  writeFileSync(join(folder, 'documents.ndjson'), documents.map((each) => `${JSON.stringify(each)}\n`).join(''))
  const oracle = spawnSync(process.execPath, [join(import.meta.dirname, '../oracle/oracle.ts'), folder], {
    encoding: 'utf8',
  })
  if (oracle.status === 2) context.skip('the documents are as they should be; the oracle needs python3 and PyPI')
  expect(oracle.stdout + oracle.stderr).toMatch(new RegExp(`^${documents.length} lines, 0 errors\\s*$`))
}
