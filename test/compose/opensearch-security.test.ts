import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { openSearch } from '../../sinks/opensearch/opensearch.ts'
import { makeSecrets } from './scratch-compose.ts'

const folder = join(import.meta.dirname, '../../deploy/compose/opensearch')
const HASHES = 'plugins/opensearch-security/tools/hash.sh'

/** A folder as the image has it: a hash of a password is its letters backwards, and the start of OpenSearch says so. */
function image(hashing: string) {
  const home = mkdtempSync(join(tmpdir(), 'posture-stream-start-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  makeSecrets(home)
  for (const each of ['config/opensearch-security', 'plugins/opensearch-security/tools'])
    mkdirSync(join(home, each), { recursive: true })
  writeFileSync(join(home, HASHES), hashing)
  const entrypoint = join(home, 'opensearch-docker-entrypoint.sh')
  writeFileSync(entrypoint, '#!/bin/bash\necho "started $@"\n')
  chmodSync(entrypoint, 0o755)
  const start = () =>
    spawnSync('bash', [join(folder, 'start.sh'), join(home, 'secrets')], { cwd: home, encoding: 'utf8' })
  return { home, start }
}

test('OpenSearch starts with our three users and their passwords, and with none that others know', () => {
  const { home, start } = image(
    'echo "** This tool will be deprecated **"\n[ "$1" = -env ] && printf "%s" "\\$2y\\$12\\$"; printenv "$2" | rev\n',
  )
  const { status, stdout, stderr } = start()
  expect([status, stdout, stderr]).toEqual([0, 'started opensearch\n', ''])
  const users = parse(readFileSync(join(home, 'config/opensearch-security/internal_users.yml'), 'utf8')) as Users
  const hash = (name: string) =>
    `$2y$12$${[...readFileSync(join(home, 'secrets', name), 'utf8').trimEnd()].toReversed().join('')}`
  expect(Object.entries(users).map(([name, { hash: text }]) => [name, text])).toEqual([
    ['_meta', undefined],
    ['admin', hash('opensearch-admin-password')],
    ['kibanaserver', hash('opensearch-dashboards-password')],
    ['posture-stream', hash('opensearch-password')],
  ])
})

test('OpenSearch does not start where a password could not be hashed', () => {
  const { start } = image('echo "no Java" >&2; exit 1\n')
  expect(start()).toMatchObject({ stdout: '', stderr: 'no Java\n' })
  expect(start().status).not.toBe(0)
})

test('the role of the pipeline is what its sink says that it needs', () => {
  const [, wanted = ''] = /```json\n([^]*?)```/.exec(openSearch.access ?? '') ?? []
  const { 'posture-stream': role } = read('roles.yml')
  expect(role).toEqual(JSON.parse(wanted))
})

test('every user who has a role is one that the start makes', () => {
  const script = readFileSync(join(folder, 'start.sh'), 'utf8')
  const made = [...script.matchAll(/^([a-z-]+): \{ hash:/gm)].map(([, name = '']) => name)
  const mapping = Object.values(read('roles_mapping.yml')).flatMap(({ users = [] }) => users)
  expect(mapping.toSorted()).toEqual(made.filter((name) => name !== 'admin').toSorted())
})

type Users = Readonly<Record<string, { readonly hash?: string }>>

function read(file: string): Record<string, { users?: string[] }> {
  return parse(readFileSync(join(folder, file), 'utf8')) as Record<string, { users?: string[] }>
}
