import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { catalogs } from '../../app/catalog.ts'
import type { LoadedConfig } from '../../app/config/catalogs.ts'
import { loadConfig } from '../../app/config/load-config.ts'
import { composeProject } from '../servers/compose-go/answers.ts'
import { composeGo } from '../servers/compose-go/program.ts'
import { USUAL_VERSION } from '../servers/opensearch/versions.ts'
import { parsed } from './parsed.ts'
import { ScratchCompose } from './scratch-compose.ts'
import { common, ours } from './services.ts'

const root = join(import.meta.dirname, '../..')
const STAGES = ['collectors', 'enrichment', 'sinks']
/** How long `run` may take to stop; see its --deadline. */
const DEADLINE_S = 30

beforeAll(async () => {
  if (composeGo.whyNot() === undefined) await composeGo.build()
}, 900_000)

describe('our own services', () => {
  test('say what our program understands, on a configuration that it takes', async (context) => {
    const scratch = new ScratchCompose()
    for (const [name, service] of await ours(context)) {
      if (service.entrypoint !== null) continue
      const { command, config, environment } = scratch.local(name, service)
      expect(await parsed([...command, '--config', config])).toEqual({
        asked: [config],
        said: ['posture-stream: far enough'],
      })
      const { collectors, sinks, stream, admin } = loadConfig(config, catalogs, environment)
      expect([collectors.length, sinks.map(({ name: sink }) => sink)]).toEqual([1, ['search', 'local']])
      expect([stream.type, admin?.host]).toEqual(['kafka', '0.0.0.0'])
    }
  })

  test('are the three stages, each alone, with time to finish before they are killed', async (context) => {
    const { services: all } = await composeProject(context)
    for (const stage of STAGES) {
      expect(all[stage]?.command).toEqual(['run', '--only', stage])
      expect(Number(/^(\d+)s$/.exec(all[stage]?.stop_grace_period ?? '')?.[1])).toBeGreaterThan(DEADLINE_S)
    }
  })

  test('write nowhere but in their volumes', async (context) => {
    const scratch = new ScratchCompose()
    const { services: all } = await composeProject(context)
    const written = { enrichment: [enrichmentDirectory], sinks: [localStore] }
    for (const [stage, places] of Object.entries(written)) {
      const { config, environment } = scratch.local(stage, all[stage]!)
      const loaded = loadConfig(config, catalogs, environment)
      for (const place of places) expect(place(loaded)).toMatch(new RegExp(`^${scratch.directory}/volumes/`))
    }
  })

  test('answer health checks and Prometheus at the port that their configuration opens', async (context) => {
    const { services: all } = await composeProject(context)
    const { admin } = parse(readFileSync(join(root, 'deploy/compose/pipeline.yaml'), 'utf8')) as {
      admin: { port: number }
    }
    const { scrape_configs: jobs } = parse(readFileSync(join(root, 'deploy/prometheus/prometheus.yml'), 'utf8')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[]
    }
    const targets = jobs.flatMap(({ static_configs: each }) => each.flatMap(({ targets: some }) => some))
    expect(targets.toSorted()).toEqual(STAGES.map((stage) => `${stage}:${admin.port}`))
    for (const stage of STAGES) {
      expect(all[stage]?.healthcheck?.test?.at(-1)).toContain(`http://127.0.0.1:${admin.port}/readyz`)
      expect(common(all[stage], all['prometheus'])).toContain('metrics')
    }
  })
})

describe('what the others are given', () => {
  test('they have the versions that our tests run', async (context) => {
    const { services: all } = await composeProject(context)
    const versionIn = (file: string, pattern: RegExp) =>
      pattern.exec(readFileSync(join(root, 'test/servers', file), 'utf8')) ?? []
    const [, kafka = ''] = versionIn('kafka/pom.xml', /<kafka\.version>(.+)<\/kafka\.version>/)
    expect(all['kafka']?.image).toBe(`apache/kafka:${kafka}`)
    // Prometheus 3.16.0 is v0.316.0 of its Go module.
    const [, minor = '', patch = ''] = versionIn('prometheus/program.ts', /'v0\.3(\d\d)\.(\d+)'/)
    expect(all['prometheus']?.image).toBe(`prom/prometheus:v3.${Number(minor)}.${patch}`)
    expect(all['opensearch']?.image).toBe(`opensearchproject/opensearch:${USUAL_VERSION}`)
    expect(all['opensearch-dashboards']?.image).toBe(`opensearchproject/opensearch-dashboards:${USUAL_VERSION}`)
  })

  test('Prometheus finds the rules that its configuration names', async (context) => {
    const folder = await mounted(context, 'prometheus', '/etc/prometheus')
    const { rule_files: files } = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8')) as {
      rule_files: string[]
    }
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(statSync(join(folder, file)).size).toBeGreaterThan(0)
  })

  test('Grafana finds Prometheus and its dashboards where the provisioning says', async (context) => {
    const { services: all } = await composeProject(context)
    const provisioning = await mounted(context, 'grafana', '/etc/grafana/provisioning')
    const read = (file: string) => parse(readFileSync(join(provisioning, file), 'utf8')) as Provisioning
    const { datasources = [] } = read('datasources/prometheus.yaml')
    const [, host = ''] = /^http:\/\/([a-z-]+):9090$/.exec(datasources[0]?.url ?? '') ?? []
    expect(common(all['grafana'], all[host])).toContain('metrics')
    const { providers = [] } = read('dashboards/posture-stream.yaml')
    const folder = await mounted(context, 'grafana', providers[0]?.options.path ?? '')
    expect(globSync('*.json', { cwd: folder }).length).toBeGreaterThan(0)
  })

  test('Dashboards is loaded with our saved objects', async (context) => {
    const { services: all } = await composeProject(context)
    const { entrypoint, command, volumes = [], secrets = [] } = all['opensearch-dashboards-import']!
    const inside = [...volumes, ...secrets].map(({ target }) => target)
    const paths = [...(entrypoint ?? []), ...(command ?? [])].filter((word) => word.startsWith('/'))
    expect(paths).toHaveLength(3)
    expect(inside).toEqual(expect.arrayContaining(paths))
    expect(volumes.map(({ source }) => source)).toContain(join(root, 'deploy/opensearch/dashboards.ndjson'))
  })
})

interface Provisioning {
  readonly datasources?: readonly { readonly url: string }[]
  readonly providers?: readonly { readonly options: { readonly path: string } }[]
}

type Skip = Pick<TestContext, 'skip'>

async function mounted(context: Skip, service: string, target: string): Promise<string> {
  const { services: all } = await composeProject(context)
  const volume = all[service]?.volumes?.find((each) => each.target === target)
  expect([service, target, volume?.type]).toEqual([service, target, 'bind'])
  return volume!.source
}

const enrichmentDirectory = ({ enrichment }: LoadedConfig) => (enrichment as { directory: string }).directory
const localStore = ({ sinks }: LoadedConfig) =>
  (sinks.find(({ name }) => name === 'local')!.config as { path: string }).path
