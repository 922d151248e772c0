import { describe, expect, test } from 'vitest'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { OutgoingRecord, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { findingRecord, progressRecord, readDeliveryRecord } from './delivery-records.ts'

const owner = { name: 'siem', tenant: 'acme' }
const schemas = new SchemaRegistry()

function stored({ key, value, headers = {}, partition = 0 }: OutgoingRecord): StreamRecord {
  return { topic: topics.deliveries.name, partition, offset: 0n, timestamp: 0, key, value, headers }
}

describe('what a sink is to know again', () => {
  test.for([{ latestBefore: '42' }, { remembers: true }, { latestBefore: '7', remembers: true }])(
    'how it stands: %j, is written by the schema and read back',
    (progress) => {
      const record = progressRecord(owner, 3, progress)
      expect(schemas.decode('delivery', record.value!)).toEqual({ type: 'sink', ...progress })
      expect(record).toMatchObject({ key: 'siem', partition: 3, headers: { schema: 'delivery/1', tenant: 'acme' } })
      expect(readDeliveryRecord(owner, stored(record))).toEqual({ progress })
    },
  )

  test('nothing about it takes the record away', () => {
    const record = progressRecord(owner, 3, { remembers: false })
    expect(record).toEqual({ key: 'siem', value: null, partition: 3 })
    expect(readDeliveryRecord(owner, stored(record))).toEqual({ progress: {} })
  })

  test('a finding is remembered, and no more', () => {
    const record = findingRecord(owner, 3, 'v1:aa/b', 5)
    expect(schemas.decode('delivery', record.value!)).toEqual({ type: 'finding', revision: 5 })
    expect(readDeliveryRecord(owner, stored(record))).toEqual({ finding: 'v1:aa/b', isRemembered: true })
    const gone = findingRecord(owner, 3, 'v1:aa/b', null)
    expect(readDeliveryRecord(owner, stored(gone))).toEqual({ finding: 'v1:aa/b', isRemembered: false })
  })

  test('what is another sink’s says nothing', () => {
    const others = [
      progressRecord({ ...owner, name: 'siem-2' }, 0, { remembers: true }),
      findingRecord({ ...owner, name: 'sie' }, 0, 'm', 1),
    ]
    expect(others.map((record) => readDeliveryRecord(owner, stored(record)))).toEqual([undefined, undefined])
  })

  test.for(['', 'null', '[]', '{"latestBefore":-1,"remembers":"yes"}', '{'])('garbage says nothing: %s', (text) => {
    const headers = progressRecord(owner, 0, { remembers: true }).headers!
    const record = stored({ key: 'siem', value: Buffer.from(text), headers })
    expect(readDeliveryRecord(owner, record)).toEqual({ progress: {} })
    expect(readDeliveryRecord(owner, { ...record, headers: {} })).toEqual({ progress: {} })
  })

  test('a newer version’s record stops the sink', () => {
    const record = stored({ key: 'siem', value: Buffer.from('{}'), headers: { schema: 'delivery/2' } })
    expect(() => readDeliveryRecord(owner, record)).toThrow(expect.objectContaining({ code: 'SCHEMA_NEWER' }))
  })
})
