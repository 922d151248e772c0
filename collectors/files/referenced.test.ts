import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { bytesBehind } from './referenced.ts'

const { signal } = new AbortController()
let file: string
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'referenced-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  file = join(directory, 'report.json')
})

const letter = (reference: object, time = Date.now() + 1000) => ({
  bytes: Buffer.from(JSON.stringify({ reference })),
  time,
})

test('bytes that refer to nothing are themselves', async () => {
  const bytes = Buffer.from('{"reference": 3}')
  expect(await bytesBehind({ bytes, time: 0 }, signal)).toEqual(bytes)
})

test('a reference stands for the bytes at its place, of a packed file for those of its text', async () => {
  const text = 'x'.repeat(300_000) + '{"here":1}' + 'y'.repeat(300_000)
  writeFileSync(file, text)
  expect(String(await bytesBehind(letter({ file, offset: 300_000, length: 10 }), signal))).toBe('{"here":1}')
  writeFileSync(file, gzipSync(text))
  const place = { file, offset: 300_000, length: 10, unpacked: true }
  expect(String(await bytesBehind(letter(place), signal))).toBe('{"here":1}')
})

test('a packed file that was set aside whole is unpacked', async () => {
  const packed = gzipSync('[{"a":1}]')
  expect(String(await bytesBehind({ bytes: packed, time: 0 }, signal))).toBe('[{"a":1}]')
  await expect(bytesBehind({ bytes: packed.subarray(0, 12), time: 0 }, signal)).rejects.toMatchObject({
    code: 'REFERENCE_PACKED',
  })
})

test('a file that was written since, is shorter, is gone, or a place too large, is told and not read', async () => {
  writeFileSync(file, '0123456789')
  const past = new Date(Date.now() - 60_000)
  utimesSync(file, past, past)
  const place = { file, offset: 2, length: 3 }
  expect(String(await bytesBehind(letter(place, past.getTime() + 1), signal))).toBe('234')
  const code = async (of: ReturnType<typeof letter>): Promise<unknown> =>
    await bytesBehind(of, signal).catch((error: unknown) => (error as { code: string }).code)
  expect(await code(letter(place, past.getTime() - 1))).toBe('REFERENCE_CHANGED')
  expect(await code(letter({ ...place, length: 30 }))).toBe('REFERENCE_CHANGED')
  expect(await code(letter({ ...place, file: `${file}.gone` }))).toBe('REFERENCE_GONE')
  expect(await code(letter({ ...place, length: 2 ** 30 }))).toBe('REFERENCE_TOO_LARGE')
})
