import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import { topics } from '../../stream/topics.ts'
import { firstRecords } from './first-records.ts'

const { name } = topics.findings

let directory: string
let stream: EmbeddedStream
let now = 1000
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'first-records-'))
  stream = await EmbeddedStream.open({ directory, topics: [topics.findings], partitions: 3, clock: () => now })
})
afterEach(async () => {
  await stream.close()
  rmSync(directory, { recursive: true })
})

async function write(partition: number, at: number, records = 1): Promise<void> {
  now = at
  const record = (index: number) => ({ key: `${at}/${index}`, value: Buffer.from('{}'), partition })
  await stream.publish(
    name,
    Array.from({ length: records }, (_, index) => record(index)),
  )
}

describe('the time of the first record that a group has not acknowledged', () => {
  test('is that of the partition in which it is oldest', async () => {
    await write(0, 1000, 700)
    await write(1, 2000)
    await write(0, 3000)
    await write(2, 500)
    const groups = [
      new Map([
        [0, 0n],
        [1, 0n],
      ]),
      new Map([
        [0, 700n],
        [1, 0n],
      ]),
      new Map([[0, 700n]]),
      new Map(),
    ]
    expect(await firstRecords(stream, name, groups)).toEqual([1000, 2000, 3000, undefined])
  })

  test('is none where what it has not acknowledged is no record any more', async () => {
    await write(0, 1000)
    expect(await firstRecords(stream, name, [new Map([[0, 1n]])])).toEqual([undefined])
  })
})
