import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { expect, onTestFinished, test } from 'vitest'
import { whyNoAzurite } from './available.ts'
import { AzuriteProgram, NoRegistryError } from './azurite-program.ts'
import { Azurite, newContainer } from './azurite.ts'
import { sharedAzurite } from './shared-azurite.ts'

/** The first of them on a machine brings Azurite. */
const timeout = 900_000
const offline = { bring: () => Promise.reject(new NoRegistryError('make the npm registry reachable')) }

test('a machine without a registry says so, and fails where Azurite is required', async () => {
  expect(await whyNoAzurite({}, offline)).toBe('no Azurite: make the npm registry reachable')
  await expect(whyNoAzurite({ AZURITE_REQUIRED: '1' }, offline)).rejects.toThrow('make the npm registry reachable')
  const broken = { bring: () => Promise.reject(new Error('npm could not install it')) }
  await expect(whyNoAzurite({}, broken)).rejects.toThrow('npm could not install it')
})

test('is brought by the first who asks, while the others wait; what fails leaves nothing and can be tried again', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'posture-stream-azurite-'))
  onTestFinished(() => rmSync(cache, { recursive: true }))
  let calls = 0
  const program = new AzuriteProgram({
    cache,
    install: async () => {
      calls += 1
      if (calls === 1) throw new Error('no space left')
    },
  })
  await expect(program.bring()).rejects.toThrow('no space left')
  expect(readdirSync(cache)).toEqual([])
  await Promise.all([program.bring(), program.bring(), program.bring()])
  expect(calls).toBe(2)
  expect(existsSync(program.folder)).toBe(true)
})

test('all who ask for the shared one are given the same', { timeout }, async (context) => {
  const [one, other] = await Promise.all([sharedAzurite(context), sharedAzurite(context)])
  expect(other).toBe(one)
  const container = BlobServiceClient.fromConnectionString(one).getContainerClient(await newContainer(one))
  await container.getBlockBlobClient('a').upload('x', 1, { metadata: { Seen: '1' } })
  expect((await container.getBlockBlobClient('a').getProperties()).metadata).toEqual({ seen: '1' })
})

test('comes back at the same address with what was in it', { timeout }, async ({ skip }) => {
  const why = await whyNoAzurite()
  if (why !== undefined) return skip(why)
  const server = await Azurite.start()
  onTestFinished(() => server.stop())
  const service = BlobServiceClient.fromConnectionString(server.connectionString, { retryOptions: { maxTries: 1 } })
  const container = service.getContainerClient(await newContainer(server.connectionString))
  await container.getBlockBlobClient('a').upload('kept', 4)
  await server.pause()
  await expect(container.exists()).rejects.toThrow()
  await server.startAgain()
  expect((await container.getBlockBlobClient('a').downloadToBuffer()).toString()).toBe('kept')
})
