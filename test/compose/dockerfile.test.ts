import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { buildContext, composeProject, dockerfile } from '../servers/compose-go/answers.ts'
import { composeGo } from '../servers/compose-go/program.ts'

const root = join(import.meta.dirname, '../..')

beforeAll(async () => {
  if (composeGo.whyNot() === undefined) await composeGo.build()
}, 900_000)

describe('the Dockerfile', () => {
  test('is one that BuildKit builds from, and that its linter has nothing to say of', async (context) => {
    const { error, warnings } = await dockerfile(context)
    expect([error, warnings ?? []]).toEqual([null, []])
  })

  test('makes an image that runs our program as nobody in particular, and asks it whether it lives', async (context) => {
    const { config } = (await dockerfile(context)).image
    const { admin } = parse(readFileSync(join(root, 'deploy/compose/pipeline.yaml'), 'utf8')) as {
      admin: { port: number }
    }
    expect(config).toMatchObject({
      User: '10001:10001',
      Entrypoint: ['node', join(config.WorkingDir, 'app/cli.ts')],
      Cmd: ['--help'],
      StopSignal: 'SIGTERM',
      ExposedPorts: { [`${admin.port}/tcp`]: {} },
    })
    expect(config.Healthcheck.Test.slice(0, 3)).toEqual(['CMD', 'node', '-e'])
    expect(config.Healthcheck.Test[3]).toContain(`http://127.0.0.1:${admin.port}/livez`)
  })

  test('takes the Node that the tests run on, from an image whose version is whole', async (context) => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>
    }
    const { stages } = await dockerfile(context)
    for (const { BaseName: base } of stages)
      expect(base).toBe(`node:${packages['node_modules/node']?.version}-trixie-slim`)
  })

  test('makes the folders that volumes are mounted at, so that they belong to its user', async (context) => {
    const { stages, image } = await dockerfile(context)
    const commands = stages
      .at(-1)!
      .Commands.flatMap(({ CmdLine: line = [] }) => line)
      .join('\n')
    const [user = '', group = ''] = image.config.User.split(':')
    expect(commands).toContain(`-o ${user} -g ${group} `)
    const { services } = await composeProject(context)
    const mounted = Object.values(services)
      .filter(({ build }) => build !== undefined)
      .flatMap(({ volumes = [] }) => volumes.filter(({ type }) => type === 'volume'))
    expect(mounted.length).toBeGreaterThan(0)
    for (const { target } of mounted) expect(commands).toContain(` ${target}`)
  })
})

describe('the build context', () => {
  test('has all that the Dockerfile copies, and nothing else', async (context) => {
    const files = await buildContext(context)
    const { stages } = await dockerfile(context)
    const copied = stages
      .flatMap(({ Commands: commands }) => commands)
      .flatMap(({ SourcePaths: sources = [], From: from }) => (from === '' ? sources : []))
    const within = (file: string, source: string) => file === source || file.startsWith(`${source}/`)
    expect(copied.filter((source) => !files.some((file) => within(file, source)))).toEqual([])
    expect(files.filter((file) => !copied.some((source) => within(file, source)))).toEqual([])
  })

  test('has no tests, no samples, no secrets and no data', async (context) => {
    const unwanted =
      /\.(test|contract|child)\.ts$|(^|\/)sample-|\/fixtures\/|\/golden\/|secrets\/|(^|\/)\.|\.(md|db|py)$/
    expect((await buildContext(context)).filter((file) => unwanted.test(file))).toEqual([])
  })
})

test('the health checks of image and services say whether the program says so', async (context) => {
  const { Healthcheck: alive } = (await dockerfile(context)).image.config
  const { healthcheck: ready } = (await composeProject(context)).services['sinks']!
  for (const [check, path] of [[alive.Test, '/livez'] as const, [ready?.test ?? [], '/readyz'] as const]) {
    const answers = await answering(path)
    expect(await answers(200, check)).toBe(0)
    expect(await answers(503, check)).toBe(1)
    expect(await answers(undefined, check)).toBe(1)
  }
})

/** Runs a health check against a server that answers a path with a status, and everything else with 404; or against none. */
async function answering(path: string) {
  let status = 200
  const server = createServer(({ url }, response) => response.writeHead(url === path ? status : 404).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => void server.close())
  return async (now: number | undefined, [, , flag = '', script = '']: readonly string[]): Promise<unknown> => {
    status = now ?? 200
    // Nobody listens at port 1.
    const here = script.replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${now === undefined ? 1 : port}`)
    const [code] = await once(spawn(process.execPath, [flag, here]), 'close')
    return code
  }
}
