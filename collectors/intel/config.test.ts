import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../app/config/load-config.ts'
import { ConfigError } from '../../app/config/mistake.ts'
import { sampleCatalogs } from '../../app/config/sample-catalogs.ts'
import { Secret } from '../../core/secret.ts'
import type { IntelConfig } from './config.ts'
import { intel } from './intel.ts'
import { sampleFolder } from './sample-feeds.ts'

/** What of a configuration arrives at the collector. */
function load(settings: string, environment: Record<string, string> = {}): IntelConfig {
  return loadSection(`collectors:\n  cves: { type: intel${settings} }\n`, environment)
}

function loadSection(section: string, environment: Record<string, string> = {}): IntelConfig {
  const file = join(sampleFolder(), 'pipeline.yaml')
  writeFileSync(file, `tenant: acme\nstream: { type: embedded, directory: ./data }\n${section}`)
  const { collectors } = loadConfig(file, { ...sampleCatalogs, collectors: [intel] }, environment)
  return collectors[0]!.config as IntelConfig
}

function mistakes(settings: string): string {
  try {
    load(settings)
    return ''
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message
  }
}

test('one list is enough, and everything else has a default', () => {
  const { epss, ...rest } = load(', epss: { path: lists/epss.csv.gz }')
  expect(epss?.path).toMatch(/\/lists\/epss\.csv\.gz$/)
  expect(epss?.staleAfter).toBe('7d')
  expect(rest).toEqual({ timeout: '60s', patience: '10m', maxBytes: 100_000_000 })
  expect(load(', kev: { url: "https://mirror.example.com/kev.json" }').kev?.staleAfter).toBe('30d')
})

test('what a mirror wants to be told is a secret', () => {
  const settings =
    ', kev: { url: "https://mirror.example.com/kev.json", headers: { authorization: "Bearer ${TOKEN}" } }'
  const { kev } = load(settings, { TOKEN: 'abc' })
  expect(kev?.headers?.['authorization']).toBeInstanceOf(Secret)
  expect(kev?.headers?.['authorization']?.reveal()).toBe('Bearer abc')
})

describe('refused with place and remedy:', () => {
  test.each([
    ['neither list', '', 'collectors.cves  '],
    ['a list from nowhere', ', kev: {}', 'collectors.cves.kev  '],
    ['a list from two places', ', kev: { path: a, url: "https://example.com/a" }', 'collectors.cves.kev  '],
    ['headers for a file', ', kev: { path: a, headers: { a: b } }', 'collectors.cves.kev'],
    ['an address without TLS', ', kev: { url: "http://example.com/kev.json" }', 'collectors.cves.kev.url  '],
    ['a password in an address', ', kev: { url: "https://me:pw@example.com/" }', 'collectors.cves.kev.url  '],
    ['a token in an address', ', kev: { url: "https://example.com/?token=1" }', 'collectors.cves.kev.url  '],
    ['a word misspelt', ', epss: { pth: a }', 'unknown key; did you mean "path"?'],
    ['a duration of words', ', epss: { path: a, staleAfter: a week }', 'collectors.cves.epss.staleAfter  '],
  ])('%s', (_what, settings, place) => {
    const message = mistakes(settings)
    expect(message).toContain(place)
    expect(message).not.toContain('not allowed here')
  })
})

test('an address without TLS is taken on this machine', () => {
  expect(load(', kev: { url: "http://127.0.0.1:8080/kev.json" }').kev?.url).toBe('http://127.0.0.1:8080/kev.json')
})

test('what the guide shows is a configuration', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/intel.md'), 'utf8')
  const shown = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) =>
    loadSection(yaml!, { MIRROR_TOKEN: 'abc' }),
  )
  expect(shown.map(({ epss, kev }) => [epss?.url ?? epss?.path, kev?.url ?? kev?.path].every(Boolean))).toEqual([
    true,
    true,
    true,
  ])
})
