import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../app/config/load-config.ts'
import { sampleCatalogs } from '../../app/config/sample-catalogs.ts'
import { LADDERS } from '../evidence.ts'
import { priorityConfig, type PriorityConfig } from './config.ts'
import { tablesOf } from './settle.ts'
import { TABLES } from './tables.ts'

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/priority-tables.md'), 'utf8')
const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\n'
const used = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text)
const refused = [...guide.matchAll(/```yaml refused\n([^]*?)```\n\n```\n([^]*?)\n```/g)].map(
  ([, text = '', told = '']) => ({
    text,
    told,
  }),
)

test('every table has its key, with the same rungs, and none is required', () => {
  const properties: Readonly<Record<string, object>> = priorityConfig.properties
  expect(Object.keys(properties).toSorted()).toEqual(Object.keys(TABLES).toSorted())
  expect('required' in priorityConfig ? priorityConfig.required : []).toEqual([])
  const all = { ...TABLES, overrides: { ...TABLES.overrides } }
  expect(tablesOf(all as unknown as PriorityConfig)).toEqual(TABLES)
  expect(read(`enrichment:\n  priority: ${JSON.stringify(all)}\n`)).toEqual(all)
})

test('a condition can name every ladder', () => {
  for (const [item, rungs] of Object.entries(LADDERS)) {
    const overrides = { ours: { floor: 'P4', when: [{ [item]: { atLeast: rungs.at(-1) } }] } }
    expect(read(`enrichment:\n  priority: ${JSON.stringify({ overrides })}\n`)).toEqual({ overrides })
  }
})

describe('the guide shows', () => {
  test('examples of both kinds', () => {
    expect({ used: used.length, refused: refused.length }).toEqual({ used: 6, refused: 4 })
  })

  test.each(used)('what is accepted, and replaces something:\n%s', (text) => {
    expect(tablesOf(read(text))).not.toEqual(TABLES)
  })

  test.each(refused)('what is refused, and with which words:\n$text', ({ text, told }) => {
    expect(() => read(text)).toThrow(`  ${told}`)
  })
})

function read(text: string): PriorityConfig {
  const directory = mkdtempSync(join(tmpdir(), 'priority-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'posture.yaml')
  writeFileSync(file, HEAD + text)
  const enrichment = Type.Object({ priority: priorityConfig })
  return (loadConfig(file, { ...sampleCatalogs, enrichment }).enrichment as { readonly priority: PriorityConfig })
    .priority
}
