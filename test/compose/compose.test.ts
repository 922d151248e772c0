import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { composeProject, composeVariables } from '../servers/compose-go/answers.ts'
import { common, services } from './services.ts'
import { composeGo } from '../servers/compose-go/program.ts'
import { ScratchCompose } from './scratch-compose.ts'

const root = join(import.meta.dirname, '../..')
const secretsFolder = join(root, 'deploy/compose/secrets')
const exampleFile = join(root, 'deploy/compose/.env.example')
/** Who asks whom. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  collectors: ['kafka'],
  enrichment: ['kafka'],
  sinks: ['kafka', 'opensearch'],
  topics: ['kafka'],
  'opensearch-install': ['opensearch'],
  'opensearch-dashboards': ['opensearch'],
  'opensearch-dashboards-import': ['opensearch-dashboards'],
  prometheus: ['collectors', 'enrichment', 'sinks'],
  grafana: ['prometheus'],
}

beforeAll(async () => {
  if (composeGo.whyNot() === undefined) await composeGo.build()
}, 900_000)

describe('what Compose makes of docker-compose.yml', () => {
  test('is the same with the example of its variables as without', async (context) => {
    expect(await composeProject(context, exampleFile)).toEqual(await composeProject(context))
  })

  test('uses the variables of the example and no others, each with the default that stands there', async (context) => {
    const example = readFileSync(exampleFile, 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)
    expect(await composeVariables(context)).toEqual(new Map([...example].map(([, name, value]) => [name!, value!])))
  })

  test('mounts only what is there, and what cannot be written', async (context) => {
    for (const [name, { volumes = [] }] of await services(context)) {
      for (const { source, target, read_only } of volumes.filter(({ type }) => type === 'bind'))
        expect([name, target, existsSync(source), read_only]).toEqual([name, target, true, true])
    }
  })

  test('gives secrets as files that our script makes, and none by the environment', async (context) => {
    const { secrets, services: all } = await composeProject(context)
    const scratch = new ScratchCompose()
    const used = new Set(Object.values(all).flatMap(({ secrets: given = [] }) => given.map(({ source }) => source)))
    expect([...used].toSorted()).toEqual(Object.keys(secrets).toSorted())
    for (const { file = '', environment } of Object.values(secrets)) {
      expect(environment).toBeUndefined()
      expect(file.startsWith(`${secretsFolder}/`)).toBe(true)
      expect(existsSync(file.replace(secretsFolder, scratch.secrets))).toBe(true)
    }
    for (const { environment = {} } of Object.values(all))
      for (const [name, value] of Object.entries(environment))
        if (/password|secret|token/i.test(name))
          expect([name, value]).toEqual([name, expect.stringMatching('^/run/secrets/')])
  })

  test('waits only for services that can become what is waited for', async (context) => {
    const { services: all } = await composeProject(context)
    for (const [name, { depends_on: targets = {} }] of Object.entries(all)) {
      for (const [target, { condition }] of Object.entries(targets)) {
        const there = all[target]
        expect([name, target, there]).not.toEqual([name, target, undefined])
        if (condition === 'service_healthy') expect(there?.healthcheck?.test?.[0]).toBe('CMD')
        if (condition === 'service_completed_successfully') expect([target, there?.restart]).toEqual([target, 'no'])
      }
    }
  })

  test('lets every container do as little as it can, and gives each its limits', async (context) => {
    for (const [name, service] of await services(context)) {
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          init: true,
          image: expect.stringMatching(/^[a-z/-]+:v?\d+\.\d+\.\d+$/),
          mem_limit: expect.stringMatching(/^\d+$/),
          logging: expect.objectContaining({ options: { 'max-size': '10m', 'max-file': '5' } }),
        }),
      ])
      const { cap_add, privileged, network_mode, user, networks } = service
      expect([name, cap_add, privileged, network_mode, user]).toEqual([
        name,
        undefined,
        undefined,
        undefined,
        undefined,
      ])
      expect([name, Object.keys(networks ?? {})]).not.toEqual([name, []])
      if (service.build !== undefined) expect([name, service.read_only]).toEqual([name, true])
      if (service.restart !== 'no') expect([name, service.restart]).toEqual([name, 'unless-stopped'])
    }
  })

  test('opens ports on this machine alone, and for containers that reach the outside', async (context) => {
    const { services: all, networks } = await composeProject(context)
    for (const [name, { ports = [], networks: on = {} }] of Object.entries(all)) {
      for (const { host_ip } of ports) expect([name, host_ip]).toEqual([name, '127.0.0.1'])
      if (ports.length > 0) expect(Object.keys(on).some((network) => networks[network]?.internal !== true)).toBe(true)
    }
    expect(Object.keys(all['kafka']?.networks ?? {})).toEqual(['stream'])
    expect(Object.keys(all['opensearch']?.networks ?? {})).toEqual(['search'])
  })

  test('lets a container reach what it works with, and the log and the findings be reached by nobody else', async (context) => {
    const { services: all } = await composeProject(context)
    for (const [name, targets] of Object.entries(REACHED))
      for (const target of targets)
        expect([name, target, common(all[name], all[target])]).not.toEqual([name, target, []])
    const reaching = (target: string) =>
      Object.keys(REACHED)
        .filter((name) => REACHED[name]!.includes(target))
        .toSorted()
    const on = (network: string) =>
      Object.keys(all)
        .filter((name) => network in (all[name]?.networks ?? {}))
        .toSorted()
    expect(on('stream')).toEqual(['kafka', ...reaching('kafka')].toSorted())
    const searching = ['opensearch', 'opensearch-dashboards-import', ...reaching('opensearch')]
    expect(on('search')).toEqual(searching.toSorted())
  })
})
