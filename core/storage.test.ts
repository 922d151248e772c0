import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PermanentError } from './errors.ts'
import { createDirectory, requireWritableDirectory, storageError } from './storage.ts'

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'posture-storage-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

describe('storageError', () => {
  test.each([
    [{ code: 'ENOSPC' }, 'STORAGE_FULL', 'outage'],
    [{ code: 'EACCES' }, 'STORAGE_FORBIDDEN', 'configuration'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'STORAGE_FULL', 'outage'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 261 }, 'STORAGE_BUSY', 'outage'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 26 }, 'STORAGE_DAMAGED', 'configuration'],
  ])('says of %o what it is and whose turn it is', (facts, code, fault) => {
    const error = storageError(Object.assign(new Error('low level'), facts), 'data.db')
    expect(error).toMatchObject({ code, fault, message: expect.stringContaining('cannot write data.db: ') })
  })

  test('names the very file that the system names', () => {
    const error = Object.assign(new Error('no'), { code: 'EACCES', path: 'data/inner.db' })
    expect(storageError(error, 'data', 'read').message).toContain('cannot read data/inner.db: ')
  })

  test('leaves our own errors and all that is not about the place as they are', () => {
    const ours = new PermanentError('OURS', 'ours')
    const syntax = Object.assign(new Error('syntax error'), { code: 'ERR_SQLITE_ERROR', errcode: 1 })
    expect(storageError(ours, 'data.db')).toBe(ours)
    expect(storageError(syntax, 'data.db')).toBe(syntax)
  })
})

describe('a directory to write in', () => {
  test('may not exist yet, and asking does not make it', async () => {
    const parent = await newDirectory()
    await expect(requireWritableDirectory(join(parent, 'a', 'b'))).resolves.toBeUndefined()
    expect(await readdir(parent)).toEqual([])
  })

  test('can not be a file, nor lie below one', async () => {
    const file = join(await newDirectory(), 'file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'below')]) {
      await expect(requireWritableDirectory(path)).rejects.toMatchObject({ code: 'STORAGE_NOT_A_DIRECTORY' })
    }
  })

  test('is made with its parents, and making it again changes nothing', async () => {
    const path = join(await newDirectory(), 'a', 'b')
    await createDirectory(path)
    await createDirectory(path)
    expect((await stat(path)).isDirectory()).toBe(true)
  })
})
