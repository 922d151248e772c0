import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Secret } from '../../core/secret.ts'
import { loadConfig } from './load-config.ts'
import { ConfigError } from './mistake.ts'
import { sampleCatalogs } from './sample-catalogs.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\n'

let directory: string
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'config-'))))
afterEach(() => rmSync(directory, { recursive: true }))

function load(text: string | Buffer, environment: Record<string, string> = {}) {
  writeFileSync(join(directory, 'posture.yaml'), text)
  return loadConfig(join(directory, 'posture.yaml'), sampleCatalogs, environment)
}

/** The messages without their heading, and with the directory cut off. */
function mistakesOf(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.replaceAll(`${directory}/`, '').split('\n').slice(1)
  }
  return []
}

describe('a configuration without mistakes', () => {
  const text = `${HEAD}
collectors:
  nightly: { type: scanner-report, paths: ["reports/*.json", /var/reports] }
sinks:
  archive: { type: file, directory: ../out }
  hook:
    type: webhook
    url: https://\${HOST}:\${PORT}/\${HOST}/$\${x}
    token: \${file:token.txt}
    port: \${PORT}
    tls: { caFile: ca.pem, verify: \${VERIFY} }
    delivery: { batch: 7 }
`
  const environment = { HOST: 'example.org', PORT: '8088', VERIFY: 'false' }

  test('has references replaced, types read, paths made absolute and defaults filled in', () => {
    writeFileSync(join(directory, 'token.txt'), 'the token\r\n')
    const { file, tenant, stream, collectors, enrichment, sinks, secrets } = load(text, environment)
    expect({ file, tenant, stream, enrichment }).toEqual({
      file: join(directory, 'posture.yaml'),
      tenant: 'acme',
      stream: { type: 'embedded', directory: join(directory, 'data'), partitions: 12 },
      enrichment: { refreshDays: 30 },
    })
    expect(collectors.map(({ name, definition, config }) => [name, definition.name, config])).toEqual([
      ['nightly', 'scanner-report', { paths: [join(directory, 'reports/*.json'), '/var/reports'] }],
    ])
    const [archive, hook] = sinks
    expect(archive).toMatchObject({
      config: { directory: join(directory, '../out'), maxAge: '1d', maxBytes: 1000 },
      delivery: { batch: 500 },
    })
    expect(hook).toMatchObject({
      config: {
        url: 'https://example.org:8088/example.org/${x}',
        port: 8088,
        tls: { caFile: join(directory, 'ca.pem'), verify: false },
      },
      delivery: { batch: 7 },
    })
    const { token } = hook!.config as { token: Secret }
    expect(token.reveal()).toBe('the token')
    expect(secrets).toEqual([token])
  })

  test('shows no secret when it is printed', () => {
    writeFileSync(join(directory, 'token.txt'), 'CANARY-7f3')
    const config = load(text, environment)
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('CANARY')
  })

  test('may share settings by anchors and merge keys, each instance getting its own copy', () => {
    const { sinks } = load(`${HEAD}sinks:
  a: &shared { type: file, directory: ./a, maxBytes: 5 }
  b: { <<: *shared, directory: ./b }
`)
    expect(sinks.map(({ config }) => config)).toEqual([
      { directory: join(directory, 'a'), maxAge: '1d', maxBytes: 5 },
      { directory: join(directory, 'b'), maxAge: '1d', maxBytes: 5 },
    ])
  })

  test('may begin with a byte order mark and have Windows line ends', () => {
    expect(load(`\u{feff}${HEAD.replaceAll('\n', '\r\n')}`).tenant).toBe('acme')
  })
})

describe('a file that cannot be read is told with its remedy', () => {
  test.each<[string, Buffer, string]>([
    [
      'bytes that are no UTF-8',
      Buffer.from('tenant: a\nx: \xff', 'latin1'),
      'posture.yaml:2:4  not UTF-8 from here on; save the file as UTF-8',
    ],
    ['UTF-16', Buffer.from('\u{feff}tenant: a', 'utf16le'), 'posture.yaml  the file is UTF-16; save it as UTF-8'],
    [
      'a binary file',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff]),
      'posture.yaml  this is a binary file; give the path of a text file',
    ],
    [
      'a NUL',
      Buffer.from('tenant: a\0'),
      'posture.yaml:1:10  a NUL character: this looks like a binary file; give the path of a text file',
    ],
    [
      'more than 1 MiB',
      Buffer.alloc(1024 * 1024 + 1, '#'),
      'posture.yaml  larger than 1 MiB; check that this is the right file',
    ],
  ])('%s', (_what, bytes, message) => {
    expect(mistakesOf(() => load(bytes))).toEqual([message])
  })

  test('a directory, a file that is not there', () => {
    mkdirSync(join(directory, 'folder'))
    const messages = ['folder', 'missing.yaml'].flatMap((name) =>
      mistakesOf(() => loadConfig(join(directory, name), sampleCatalogs, {})),
    )
    expect(messages).toEqual([
      'folder  this is a directory; give the path of a file in it',
      'missing.yaml  the file does not exist; check the path',
    ])
  })

  test('a file without permission', () => {
    writeFileSync(join(directory, 'closed.yaml'), HEAD)
    chmodSync(join(directory, 'closed.yaml'), 0)
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid!(65534)
    const [message] = mistakesOf(() => loadConfig(join(directory, 'closed.yaml'), sampleCatalogs, {}))
    if (isRoot) process.seteuid!(0)
    expect(message).toContain('no permission to read the file; let this user')
  })
})

describe('a stream on Kafka', () => {
  const text = `tenant: acme
stream:
  type: kafka
  brokers: ["kafka-1:9093"]
  sasl: { mechanism: scram-sha-512, username: posture, password: "\${PASSWORD}" }
  tls: { ca: tls/ca.pem, certificate: tls/client.pem, key: tls/client.key }
enrichment: { directory: ./state }
`

  test('has its defaults, its secrets under cover, and its files absolute', () => {
    const { stream, secrets } = load(text, { PASSWORD: 'p4ss' })
    expect(stream).toMatchObject({
      prefix: 'posture',
      partitions: 12,
      replication: 3,
      minInsyncReplicas: 2,
      compression: 'zstd',
      sessionTimeoutMs: 10_000,
      tls: { ca: join(directory, 'tls/ca.pem'), key: join(directory, 'tls/client.key') },
    })
    expect(JSON.stringify(stream)).not.toContain('p4ss')
    expect(secrets.map((each) => each.reveal())).toEqual(['p4ss'])
  })

  test('takes certificates and keys as text, and the key is a secret then', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
    const inline = text.replace('tls/client.key', '"${KEY}"').replace('tls/ca.pem', '"${KEY}"')
    const { stream, secrets } = load(inline, { PASSWORD: 'p4ss', KEY: pem })
    const { ca, key } = (stream as { tls: { ca: string; key: Secret } }).tls
    expect(ca).toBe(pem)
    expect(key.reveal()).toBe(pem)
    expect(secrets).toContain(key)
  })
})
