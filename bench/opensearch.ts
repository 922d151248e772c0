import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { findingsTemplate } from '../sinks/opensearch/template/template.ts'
import { OpenSearchNode } from '../test/servers/opensearch/node.ts'
import { aligned, median } from './figures.ts'
import { writeDocuments } from './opensearch/documents.ts'
import { SUBJECTS, type Measured, type Subject, type Task } from './opensearch/task.ts'

// What the OpenSearch sink costs beside a plain bulk loop: npm run bench:opensearch -- --help
const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    batch: { type: 'string', default: '500' },
    compression: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
const HELP = `Documents a second, and CPU seconds a million documents, of the OpenSearch sink and of a plain loop of the client's bulk
call over the same documents (what the pipeline makes of the sample account) into a real node. Each measurement is a
process of its own with an index of its own; they alternate, and the medians are shown.

  --documents N      in one measurement (${values.documents})
  --rounds N         (${values.rounds})
  --batch N          documents in one bulk request (${values.batch})
  --no-compression   requests are not compressed

Starts an OpenSearch node of its own on 127.0.0.1 (Java and Maven), unless OPENSEARCH_URL names one.`
const LIMIT_MS = 300_000
const child = join(import.meta.dirname, 'opensearch/measure.child.ts')

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const given = process.env['OPENSEARCH_URL']
  await using node = given === undefined ? await OpenSearchNode.start() : undefined
  const url = given ?? node!.url
  const pipeline = await writeDocuments()
  try {
    const rounds = Number(values.rounds)
    const measured = new Map<Subject, Measured[]>(SUBJECTS.map((subject) => [subject, []]))
    for (let round = 1; round <= rounds; round++) {
      for (const subject of SUBJECTS) {
        const result = await measure(url, subject, join(pipeline.directory, 'out'))
        measured.get(subject)!.push(result)
        console.error(`${round}/${rounds} ${subject}: ${result.cpuSeconds.toFixed(2)} CPU s`)
      }
    }
    console.log(`\n${tableOf(measured)}`)
  } finally {
    pipeline.remove()
  }
}

/** On an index of its own, made as for the pipeline. */
async function measure(url: string, subject: Subject, directory: string): Promise<Measured> {
  const index = `bench-${randomUUID().slice(0, 8)}`
  await request(`${url}/_index_template/${index}`, 'PUT', findingsTemplate(index))
  await request(`${url}/${index}-000001`, 'PUT', { aliases: { [index]: { is_write_index: true } } })
  const { batch, documents, compression } = values
  const task: Task = { subject, url, index, documents: Number(documents), batch: Number(batch), compression }
  try {
    const args = [child, directory, JSON.stringify(task)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS })
    return JSON.parse(stdout) as Measured
  } finally {
    await request(`${url}/${index}-000001`, 'DELETE')
    await request(`${url}/_index_template/${index}`, 'DELETE')
  }
}

async function request(url: string, method: string, body?: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
}

function tableOf(measured: ReadonlyMap<Subject, readonly Measured[]>): string {
  const cpu = (each: Measured): number => (each.cpuSeconds / each.documents) * 1e6
  const least = median(measured.get('plain loop')!.map(cpu))
  const lines = [...measured].map(([subject, each]) => {
    const costs = each.map(cpu).toSorted((a, b) => a - b)
    const rate = median(each.map(({ documents, seconds }) => documents / seconds))
    const figures = [median(costs), costs[0]!, costs.at(-1)!].map((cost) => cost.toFixed(1))
    return [subject, '', rate.toFixed(0), ...figures, (median(costs) / least).toFixed(2)]
  })
  const head = ['', '', 'documents/s', 'CPU s/million', 'lowest', 'highest', 'of the plain loop']
  const how = values.compression ? 'gzip' : 'not compressed'
  const title = `${values.documents} documents, ${how}, batches of ${values.batch}; medians of ${values.rounds}`
  return [title, ...aligned([head, ...lines])].join('\n')
}
