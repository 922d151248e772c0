import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

describe('a broken configuration is told with file, line, path and remedy', () => {
  const table: [what: string, text: string, messages: string[]][] = [
    [
      'a misspelt key',
      `${HEAD}sinks:\n  archive:\n    type: file\n    directry: ./out\n`,
      ['posture.yaml:6:5  sinks.archive.directry  unknown key; did you mean "directory"?'],
    ],
    [
      'a key that is like no other',
      `${HEAD}colour: red\n`,
      [
        'posture.yaml:3:1  colour  unknown key; remove it, or use one of: tenant, stream, collectors, enrichment, sinks, admin, tracing',
      ],
    ],
    [
      'what is missing',
      'collectors:\n  nightly:\n    type: scanner-report\n',
      [
        'posture.yaml:1:1  tenant  missing; add "tenant: acme" (whose findings these are; it stands in every finding key, so it must not change later)',
        'posture.yaml:1:1  stream  missing; add "stream: { type: embedded, directory: ./data }" (where records are kept between the stages)',
        'posture.yaml:2:3  collectors.nightly.paths  missing; add "paths: [ reports/*.json ]" (files, folders and globs to read)',
      ],
    ],
    [
      'wrong types',
      `tenant: 5\nstream: { type: embedded, directory: ./data, partitions: "12" }\ncollectors:\n  nightly: { type: scanner-report, paths: a.json }\nenrichment: []\n`,
      [
        'posture.yaml:1:9  tenant  must be a string, but is a number; put it in quotes (whose findings these are; it stands in every finding key, so it must not change later)',
        'posture.yaml:2:58  stream.partitions  must be a whole number, but is a string; remove the quotes (set once, before the first run; one account stays on one partition)',
        'posture.yaml:4:43  collectors.nightly.paths  must be a list, but is a string; write it as a list: ["…"] (files, folders and globs to read)',
        'posture.yaml:5:13  enrichment  must be a section of "key: value" lines, but is a list; give each entry a name instead of a dash (settings of the enrichment stage)',
      ],
    ],
    [
      'unknown and missing component types',
      `tenant: acme\nstream: { type: kafak }\nsinks:\n  a: { type: flie }\n  b: { directory: ./out }\n  c:\n`,
      [
        'posture.yaml:2:17  stream.type  no such stream type; did you mean "kafka"?',
        'posture.yaml:4:14  sinks.a.type  no such sink; did you mean "file"?',
        'posture.yaml:5:3  sinks.b.type  missing; write one of: file, webhook',
        'posture.yaml:6:5  sinks.c  must be a section of "key: value" lines, but is empty; give it a value, or remove the line',
      ],
    ],
    [
      'settings of Kafka that do not go together',
      'tenant: acme\nstream: { type: kafka, brokers: ["a:1"], replication: 1, sasl: { mechanism: oauthbearer, username: u, scope: s } }\n',
      [
        'posture.yaml:1:1  enrichment.directory  missing; add "directory: ./data/enrichment" (the folder that holds the local store; each process needs its own)',
        'posture.yaml:2:1  stream.minInsyncReplicas  more than replication (1), so that nothing could ever be written; write at most 1; 2 of 3 lets one broker fail',
        `posture.yaml:2:58  stream.sasl.tokenUrl  missing; add 'tokenUrl: https://login.example.com/oauth2/token', which mechanism oauthbearer needs`,
        `posture.yaml:2:58  stream.sasl.clientId  missing; add 'clientId: posture', which mechanism oauthbearer needs`,
        `posture.yaml:2:58  stream.sasl.clientSecret  missing; add 'clientSecret: "\${KAFKA_CLIENT_SECRET}"', which mechanism oauthbearer needs`,
        'posture.yaml:2:90  stream.sasl.username  not used with mechanism oauthbearer; remove it, or choose another mechanism',
      ],
    ],
    [
      'addresses and certificates of Kafka',
      'tenant: acme\nstream: { type: kafka, brokers: ["kafka"], prefix: "a b", tls: { certificate: c.pem } }\nenrichment: { directory: ./e }\n',
      [
        'posture.yaml:2:34  stream.brokers[0]  not of the required form; expected: host:port, for example kafka-1.example.com:9092',
        'posture.yaml:2:52  stream.prefix  not of the required form; expected: letters, digits, dots, hyphens and underscores; it stands before topics, groups and transactional ids, so that pipelines share a cluster',
        `posture.yaml:2:59  stream.tls.key  missing; add "key: ./tls/client.key" (file (or PEM text) of the key of our certificate)`,
      ],
    ],
    [
      'values that are not allowed',
      `${HEAD}collectors:\n  nightly: { type: scanner-report, paths: [], format: asf }\nsinks:\n  archive: { type: file, directory: "", maxBytes: 0, maxAge: 1 day, delivery: { batch: 20000 } }\nenrichment: { refreshDays: 1.5 }\n`,
      [
        'posture.yaml:4:43  collectors.nightly.paths  too few entries; give at least 1 (files, folders and globs to read)',
        'posture.yaml:4:55  collectors.nightly.format  not one of the values that are allowed here; did you mean "asff"?',
        'posture.yaml:6:37  sinks.archive.directory  empty; give it a value (the folder to write to)',
        'posture.yaml:6:51  sinks.archive.maxBytes  too small; write at least 1',
        'posture.yaml:6:62  sinks.archive.maxAge  not of the required form; expected: how old a file gets: 90s, 1d',
        'posture.yaml:6:88  sinks.archive.delivery.batch  too large; write at most 10000',
        'posture.yaml:7:28  enrichment.refreshDays  must be a whole number, but is a number; write a whole number',
      ],
    ],
    [
      'a choice of forms of which none fits',
      `${HEAD}sinks:\n  a: { type: webhook, url: u, token: t, to: 5 }\n  b: { type: webhook, url: u, token: t, to: [""] }\n`,
      [
        'posture.yaml:4:45  sinks.a.to  none of the forms that are allowed here; write a string or a list',
        'posture.yaml:5:46  sinks.b.to[0]  empty; give it a value',
      ],
    ],
    [
      'references that lead nowhere',
      `${HEAD}sinks:\n  hook: { type: webhook, url: "\${HOST}/\${PATH_PART}", token: \${file:/no/such}, port: \${PORT} }\n  h2: { type: webhook, url: "\${A B}", token: "\${OPEN", port: \${WORD} }\n`,
      [
        'posture.yaml:4:31  sinks.hook.url  the environment variable HOST is not set; set it before starting, for example: export HOST=…',
        'posture.yaml:4:31  sinks.hook.url  the environment variable PATH_PART is not set; set it before starting, for example: export PATH_PART=…',
        'posture.yaml:4:62  sinks.hook.token  the reference to the file /no/such fails: the file does not exist; check the path',
        'posture.yaml:4:86  sinks.hook.port  the environment variable PORT is not set; set it before starting, for example: export PORT=…',
        'posture.yaml:5:29  sinks.h2.url  not a reference that is known here; write ${NAME} or ${file:/path}, or $${ for a literal ${',
        'posture.yaml:5:46  sinks.h2.token  a reference without its closing brace; write ${NAME}, or $${ for a literal ${',
        'posture.yaml:5:62  sinks.h2.port  must be a whole number, but is a string; write digits only',
      ],
    ],
    [
      'instance names and clashes',
      `${HEAD}sinks:\n  My Archive: { type: file, directory: ./out }\n  other: { type: file, directory: out/. }\n  other: { type: file, directory: ./x }\n`,
      [
        'posture.yaml:4:3  sinks."My Archive"  not a name for this; expected: lower-case letters, digits and hyphens, a letter or digit first, for example "my-archive"',
        'posture.yaml:5:35  sinks.other.directory  the same place as sinks."My Archive".directory on line 4; give each sink a place of its own',
        'posture.yaml:6:3  sinks.other  set already on line 5; keep one of the two',
      ],
    ],
    [
      'empty secrets and home directories',
      `${HEAD}sinks:\n  hook: { type: webhook, url: u, token: \${BLANK}, tls: { caFile: ~/ca.pem } }\n`,
      [
        'posture.yaml:4:41  sinks.hook.token  the secret is empty; check the variable or the file that it comes from',
        'posture.yaml:4:66  sinks.hook.tls.caFile  ~ is not expanded here; write ${HOME}/… instead',
      ],
    ],
    [
      'tabs',
      'tenant: acme\nstream:\n\ttype: embedded\n\tdirectory: ./data\n',
      [
        'posture.yaml:3:1  a tab is used to indent; use spaces',
        'posture.yaml:4:1  a tab is used to indent; use spaces',
      ],
    ],
    [
      'an open quote',
      'tenant: "acme\nstream: {}\n',
      ['posture.yaml:1:9  a quote is opened and never closed; close it'],
    ],
    [
      'an open bracket',
      'tenant: acme\nstream: { type: [embedded\nsinks: {}\n',
      ['posture.yaml:2:17  a { or [ is opened and never closed; close it'],
    ],
    [
      'several slips of YAML',
      'tenant acme\nstream: a: b\nsinks:\n   a: 1\n  b: 2\n---\nx: 1\n',
      [
        'posture.yaml:1:1  neither a key nor a value; write "key: value", with a space after the colon',
        'posture.yaml:2:9  a key inside the value of a key; start it on its own line, or put the value in quotes',
        'posture.yaml:5:1  the indentation does not fit what stands above; let keys of one section start in one column',
        'posture.yaml:6:1  a second document starts here; keep one configuration in one file, without a line of ---',
      ],
    ],
    [
      'aliases that lead nowhere and tags',
      `${HEAD}sinks:\n  a: *nowhere\n  b: &b { type: *b, directory: !!python/object x }\n`,
      [
        'posture.yaml:4:6  sinks.a  an alias (*…) without its anchor; define the anchor (&…) above, or put the value in quotes',
        'posture.yaml:5:17  sinks.b.type  an alias inside what it stands for; write the value out',
        'posture.yaml:5:32  a tag (!…) that is not known here; remove it, or put a value that starts with ! in quotes',
      ],
    ],
    ['an empty file', '', ['posture.yaml:1:1  the file is empty; start with "tenant: …" and "stream:"']],
    [
      'a file of comments',
      '# nothing\n',
      ['posture.yaml:1:1  the file is empty; start with "tenant: …" and "stream:"'],
    ],
    [
      'a list',
      '- tenant: acme\n',
      [
        'posture.yaml:1:1  must be a section of "key: value" lines, but is a list; give each entry a name instead of a dash (the frame of a configuration file)',
      ],
    ],
    [
      'a depth that no configuration has',
      `tenant: ${'['.repeat(20_000)}`,
      [expect.stringMatching(/^posture.yaml:1:\d+ {2}nested too deeply; remove levels/) as string],
    ],
  ]
  test.each(table)('%s', (_what, text, messages) => {
    expect(mistakesOf(() => load(text, { BLANK: '', WORD: 'CANARY-7f3' }))).toEqual(messages)
  })
})

test('aliases that multiply are refused in a moment, and told once', () => {
  const levels = Array.from({ length: 9 }, (_, level) => `  l${level}: &l${level} [${`*l${level - 1}, `.repeat(9)}]`)
  const bomb = `${HEAD}enrichment:\n  ${levels.join('\n  ').replace(/\[(\*l-1, )+\]/, '[1]')}\n`
  const started = performance.now()
  const told = mistakesOf(() => load(bomb)).filter((message) => message.includes('too much'))
  expect(told).toHaveLength(1)
  expect(performance.now() - started).toBeLessThan(2000)
})

test('no message shows a value, wherever a secret was put by mistake', () => {
  const canary = 'CANARY-7f3'
  const texts = [
    `tenant: [${canary}]\nstream: ${canary}\nsinks: { a: ${canary}, b: { type: ${canary} }, c: { type: file, directory: 1, maxAge: ${canary}, maxBytes: ${canary} } }\n`,
    `${HEAD}sinks:\n  a: { type: webhook, url: \${T}, token: [\${T}], port: \${T}, to: { x: \${T} }, tls: \${T} }\n`,
    `tenant: "a" ${canary}\n`,
    `tenant: "\\q${canary}"\nstream: @${canary}\nsinks: !${canary} x\n`,
    `%YAML ${canary}\n---\ntenant: a\n`,
    `tenant: |${canary}\n  x\n`,
    `${HEAD}sinks:\n  a: { type: webhook, url: "\${${canary}}", token: "\${file:\${T}}" }\n`,
  ]
  const messages = texts.map((text) => mistakesOf(() => load(text, { T: canary })))
  for (const each of messages) expect(each.length).toBeGreaterThan(0)
  expect(messages.flat().join('\n')).not.toContain(canary)
})
