import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import { topics } from '../../stream/topics.ts'
import type { Stream } from '../../stream/stream.ts'
import { epssList, intelRecords, kevList, sampleIntel } from '../../test/sample-intel.ts'
import { followIntel } from './follow-intel.ts'

async function openStream(all = Object.values(topics)): Promise<EmbeddedStream> {
  const directory = mkdtempSync(join(tmpdir(), 'posture-intel-'))
  const stream = await EmbeddedStream.open({ directory, topics: all, partitions: 2 })
  onTestFinished(async () => {
    await stream.close()
    rmSync(directory, { recursive: true })
  })
  return stream
}

test('the table holds what stood there before, and then what comes', async () => {
  const stream = await openStream()
  await stream.publish(topics.global.name, intelRecords(epssList({ 'CVE-2024-3094': 0.5 })))
  const table = sampleIntel()
  const following = await followIntel(table, stream)
  expect([table.epssOf('CVE-2024-3094')?.score, table.next]).toEqual([0.5, 2n])
  await stream.publish(topics.global.name, intelRecords(kevList(['CVE-2024-3094'])))
  await vi.waitFor(() => expect(table.kevOf('CVE-2024-3094')).toBeDefined())
  await following.stop()
  await stream.publish(topics.global.name, intelRecords(kevList([])))
  expect(table.kevOf('CVE-2024-3094')).toBeDefined()
})

test('a stream without the topic is refused, and a newer record in it as well', async () => {
  const without = await openStream(Object.values(topics).filter(({ name }) => name !== topics.global.name))
  await expect(followIntel(sampleIntel(), without)).rejects.toThrow(/posture\.global/)

  const stream = await openStream()
  const [record] = intelRecords(kevList([]))
  await stream.publish(topics.global.name, [{ ...record!, headers: { schema: 'posture-event/99' } }])
  await expect(followIntel(sampleIntel(), stream)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' })
})

test('who is asked to stop while it reads does, and ends the reading', async () => {
  let stopped = false
  const never: Pick<Stream, 'follow' | 'ends'> = {
    ends: async () => new Map([[0, 1n]]),
    follow: async () => ({ ready: new Promise(() => {}), stop: async () => void (stopped = true) }),
  }
  const asked = new AbortController()
  const following = followIntel(sampleIntel(), never as Stream, asked.signal)
  asked.abort(new Error('asked to stop'))
  await expect(following).rejects.toThrow('asked to stop')
  expect(stopped).toBe(true)
})
