import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { metricCatalog } from '../../core/telemetry.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { ended, ScratchPipeline } from '../scratch-pipeline.ts'
import { freePorts } from '../servers/free-ports.ts'

const schemas = new SchemaRegistry()
const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 50 })

function pipelineOn(port: number): ScratchPipeline {
  const pipeline = new ScratchPipeline()
  onTestFinished(() => pipeline.remove())
  writeFileSync(pipeline.config, `${readFileSync(pipeline.config, 'utf8')}\nadmin: { port: ${port} }\n`)
  pipeline.addSample('scan-1/prowler.ocsf.json')
  return pipeline
}

function run(pipeline: ScratchPipeline): ChildProcess {
  const child = pipeline.spawn(['run', '--config', pipeline.config, '--summary', 'json', '--log-level', 'warn'])
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** What each process said last on posture.status; undefined for one that has taken leave. */
async function reports(pipeline: ScratchPipeline): Promise<ReadonlyMap<string, StreamRecord['value']>> {
  const directory = join(pipeline.directory, 'data')
  const stream = await EmbeddedStream.open({ directory, topics: Object.values(topics), mode: 'append' })
  const last = new Map<string, StreamRecord['value']>()
  const following = await stream.follow(topics.status.name, (records) => {
    for (const { key, value } of records) last.set(key, value)
  })
  await following.ready
  await stream.close()
  return last
}

/** A scrape by family; throws where it is not what Prometheus takes. */
function parsed(text: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const families = new Map<string, Map<string, number>>()
  const kinds = new Map<string, string>()
  const helps = new Set<string>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, word, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (word === 'HELP') helps.add(name!)
    else if (word === 'TYPE') {
      if (kinds.has(name!) || !helps.has(name!)) throw new Error(`${name} is declared twice, or not explained`)
      kinds.set(name!, rest!)
      families.set(name!, new Map())
    } else {
      const [, sample, labels = '', value] = /^([a-z0-9_]+)(\{.*\})? (\S+)$/.exec(line) ?? []
      const family = families.has(sample!) ? sample! : sample!.replace(/_(bucket|sum|count)$/, '')
      const series = families.get(family)
      if (series === undefined || series.has(sample! + labels)) throw new Error(`unknown or twice: ${line}`)
      series.set(sample! + labels, Number(value))
    }
  }
  return families
}

test('a running pipeline answers what it does, keeps its port from another, and says on posture.status that it came and went', async () => {
  const [port] = await freePorts(1)
  const pipeline = pipelineOn(port!)
  const child = run(pipeline)
  const over = ended(child)
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`)
  await until(async () => expect((await get('/readyz')).status).toBe(200))
  await until(async () => {
    const delivered = parsed(await (await get('/metrics')).text()).get('posture_sink_records_total')
    expect(delivered?.get('posture_sink_records_total{sink="archive",outcome="delivered"}')).toBe(187)
  })
  const families = parsed(await (await get('/metrics')).text())
  const ours = [...families.keys()].filter((name) => !/^(process|nodejs)_/.test(name))
  expect(ours).toEqual(Object.keys(metricCatalog))
  expect(families.get('process_resident_memory_bytes')?.size).toBe(1)
  const sample = (name: string): number | undefined => families.get(name.replace(/\{.*/, ''))?.get(name)
  expect(sample('posture_ready')).toBe(1)
  expect(sample('posture_collector_findings_read_total{collector="scanner"}')).toBe(405)
  expect(sample('posture_group_records_total{topic="posture.findings",group="sink.archive"}')).toBe(187)
  expect(sample('posture_sink_records_total{sink="archive",outcome="rejected"}')).toBe(0)
  expect(sample('posture_group_oldest_unacknowledged_seconds{topic="posture.events",group="enrichment"}')).toBe(0)
  const [[name, report]] = [...(await reports(pipeline))] as [[string, Buffer]]
  expect(schemas.decode('process-report', report)).toMatchObject({
    process: name,
    pid: child.pid,
    admin: `127.0.0.1:${port}`,
  })
  const second = await ended(run(pipelineOn(port!)))
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`cannot listen on 127.0.0.1:${port}: another process listens there`)
  child.kill('SIGTERM')
  expect(await over).toMatchObject({ code: 0, stderr: '' })
  expect([...(await reports(pipeline))]).toEqual([[name, null]])
})
