import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { composeProject } from '../servers/compose-go/answers.ts'
import { composeGo } from '../servers/compose-go/program.ts'
import { parsed } from './parsed.ts'

const root = join(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'docs/guides/docker.md'), 'utf8')
/** The lines of its blocks of commands, without their comments. */
const commands = [...guide.matchAll(/```sh\n([^`]+)```/g)]
  .flatMap(([, body = '']) => body.trimEnd().split('\n'))
  .map((line) => line.replace(/ +#.*$/, ''))

beforeAll(async () => {
  if (composeGo.whyNot() === undefined) await composeGo.build()
}, 900_000)

test('what the guide has a container do is a command of ours, in a service that runs our image', async (context) => {
  const { services } = await composeProject(context)
  const inside = commands.flatMap((line) => {
    const [, service, words] =
      /^docker compose (?:exec|run --rm --no-deps) ([a-z-]+) (?:node app\/cli\.ts )?(.+)$/.exec(line) ?? []
    return service === undefined || words === undefined ? [] : [{ service, words: words.split(' ') }]
  })
  expect(inside.length).toBeGreaterThan(2)
  for (const { service, words } of inside) {
    expect([service, services[service]?.build]).toEqual([service, expect.anything()])
    expect(await parsed([...words, '--config', 'a.yaml'])).toMatchObject({ asked: ['a.yaml'] })
  }
})

test('the guide names services, volumes, ports and files that there are', async (context) => {
  const { services, volumes } = await composeProject(context)
  const ports = Object.values(services).flatMap(({ ports: each = [] }) => each.map(({ published }) => published))
  expect([...guide.matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port = '']) => port).toSorted()).toEqual(
    ports.toSorted(),
  )
  const saved = [...guide.matchAll(/posture-stream_([a-z]+):/g)].map(([, name = '']) => name)
  expect(Object.keys(volumes)).toEqual(expect.arrayContaining(saved))
  const paths = [...guide.matchAll(/deploy\/[\w./-]*\w/g)].map(([path]) => path)
  // Those are made by the first command.
  const kept = paths.filter((path) => !path.startsWith('deploy/compose/secrets'))
  expect(kept.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
