import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../app/config/load-config.ts'
import { sampleCatalogs } from '../../app/config/sample-catalogs.ts'
import { awsInventoryEvents } from './aws-inventory-events.ts'
import { awsInventory } from './aws-inventory.ts'

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/aws-inventory.md'), 'utf8')

function load(section: string) {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'pipeline.yaml')
  writeFileSync(file, `tenant: acme\nstream: { type: embedded, directory: ./data }\n${section}`)
  const catalogs = { ...sampleCatalogs, collectors: [awsInventory, awsInventoryEvents] }
  return loadConfig(file, catalogs, { INVENTORY_EXTERNAL_ID: 'abc' }).collectors[0]!
}

test('what the guide shows is a configuration', () => {
  const shown = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => load(yaml!).config)
  expect(shown).toMatchObject([
    { accounts: [{}, { externalId: 'abc' }], concurrency: 4, rate: { perSecond: 10 } },
    { leaveOut: ['organizations'] },
    { queue: { waitSeconds: 20 }, settle: '5s' },
  ])
})

test('both are made of their configuration', async () => {
  const context = {} as never
  const [sweep, events] = [
    { regions: ['eu-west-1'], rate: { perSecond: 1, burst: 1 } },
    { regions: ['eu-west-1'], queue: { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/changes' } },
  ]
  await expect(awsInventory.create(sweep as never, context)).resolves.toHaveProperty('collect')
  const collector = await awsInventoryEvents.create(events as never, context)
  await collector.close?.()
})
