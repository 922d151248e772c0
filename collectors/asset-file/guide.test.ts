import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../app/config/load-config.ts'
import { sampleCatalogs } from '../../app/config/sample-catalogs.ts'
import type { Context } from '../../core/component.ts'
import type { Collector } from '../collector.ts'
import { assetFile } from './asset-file.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\n'
const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/asset-file.md'), 'utf8')
const files = [...guide.matchAll(/```json\n([^]*?)```/g)].map(([, text = '']) => text)
const [configuration = ''] = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text)

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'asset-file-guide-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

test('the configuration of the guide is one', () => {
  const file = join(temporary(), 'posture.yaml')
  writeFileSync(file, HEAD + configuration)
  const { collectors } = loadConfig(file, { ...sampleCatalogs, collectors: [assetFile] })
  expect(collectors.map(({ name }) => name)).toEqual(['inventory'])
})

test('the files of the guide are read without a word', async () => {
  const directory = temporary()
  for (const [index, text] of files.entries()) writeFileSync(join(directory, `${index}.ndjson`), text)
  const said: string[] = []
  const log = (_fields: object, message: string): void => void said.push(message)
  const context: Context = {
    name: 'inventory',
    tenant: 'acme',
    clock: () => Date.now(),
    log: { debug: log, info: () => {}, warn: log, error: log },
    metrics: { count: () => {}, gauge: () => {}, observe: () => {} },
  }
  const collector: Collector = await assetFile.create({ paths: [directory] }, context)
  const read: string[] = []
  for await (const { events, unreadable = [] } of collector.collect(undefined, new AbortController().signal)) {
    read.push(
      ...events.map((event) => (event.type === 'scan.completed' ? `${event.type} ${event.outcome}` : event.type)),
    )
    said.push(...unreadable.map(({ error }) => error.message))
  }
  expect(said).toEqual([])
  expect(read).toEqual([
    'scan.started',
    'asset.observed',
    'asset.observed',
    'scan.completed complete',
    'asset.observed',
    'asset.deleted',
  ])
})
