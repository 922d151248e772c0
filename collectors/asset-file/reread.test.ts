import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { AssetEvents } from './asset-events.ts'
import { reread } from './reread.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const metrics = { count() {}, gauge() {}, observe() {} }
const context = { name: 'cmdb', tenant: 'acme', log: quiet, metrics, clock: Date.now }
const events = new AssetEvents(context, new SchemaRegistry())
const { signal } = new AbortController()
const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/asset-file.md'), 'utf8')
const [line] = guide.split('\n').filter((each) => each.startsWith('{"uid"'))

const read = (value: object) =>
  reread(
    { bytes: Buffer.from(JSON.stringify(value)), origin: 'a.ndjson#9', time: Date.UTC(2026, 10, 25) },
    events,
    signal,
  )

test('an asset that names its account is read without the inventory around it', async () => {
  const asset = { ...(JSON.parse(line!) as object), account: '123456789012' }
  expect(await read(asset)).toMatchObject([{ type: 'asset.observed', asset: { account: '123456789012' } }])
  const deletion = { uid: 'arn:aws:s3:::b', account: '123456789012', deleted: true }
  expect(await read(deletion)).toMatchObject([
    { type: 'asset.deleted', asset: { version: { time: Date.UTC(2026, 10, 25) } } },
  ])
})

test('a line that says too little by itself cannot be read, and says what is missing', async () => {
  await expect(read({ uid: 'arn:aws:s3:::b', deleted: true })).rejects.toThrow('/account is missing')
  await expect(read({ inventory: {} })).rejects.toMatchObject({ code: 'LINE_NOT_AN_ASSET' })
})
