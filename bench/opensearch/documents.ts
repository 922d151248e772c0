import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ScratchPipeline } from '../../test/scratch-pipeline.ts'
import type { PostureFinding } from '../../sinks/sink.ts'

/** Makes a folder of what the pipeline writes for the sample account: one OCSF event a line. Whoever asked removes it. */
export async function writeDocuments(): Promise<ScratchPipeline> {
  const pipeline = new ScratchPipeline()
  pipeline.addSample('account/prowler.ocsf.json')
  await pipeline.run()
  return pipeline
}

/** As many findings as asked for, each with a key of its own, whose events are those of the folder, again and again. */
export function readDocuments(directory: string, count: number): PostureFinding[] {
  const lines = readdirSync(directory).flatMap((name) =>
    name.endsWith('.ndjson') ? readFileSync(join(directory, name), 'utf8').trimEnd().split('\n') : [],
  )
  const events = lines.map((line) => ({ event: JSON.parse(line) as PostureFinding['event'], bytes: Buffer.from(line) }))
  if (events.length === 0) throw new Error(`there is no document in ${directory}`)
  return Array.from({ length: count }, (_, index) => ({
    key: `finding-${index}`,
    tenant: 'bench',
    revision: 1,
    state: 'open',
    priority: 'P2',
    cause: 'observed',
    ...events[index % events.length]!,
  }))
}
