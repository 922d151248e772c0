import { expect, onTestFinished, test } from 'vitest'
import { PipelineError } from '../../../core/errors.ts'
import { Secret } from '../../../core/secret.ts'
import type { EventHub } from '../../../test/servers/event-hubs/event-hub.ts'
import type { Config } from '../config.ts'
import { scrubOf } from '../scrub.ts'
import { checkpointError, hubError } from './azure-error.ts'
import { configOf, MemoryStore, openHub, openReader } from './sample-reader.ts'

/** What ends a sweep, be it as it begins or later. */
async function errorOf(hub: EventHub, changes: Partial<Config>, store = new MemoryStore()): Promise<PipelineError> {
  try {
    const { inbox, signal } = await openReader(hub, store, changes)
    await inbox.next(1000, 20_000, signal)
  } catch (error) {
    if (error instanceof PipelineError) return error
    throw error
  }
  throw new Error('It was read')
}

const withKey = (hub: EventHub, key: string): Secret =>
  new Secret(hub.connectionString.replace(/SharedAccessKey=[^;]+/, `SharedAccessKey=${key}`))

test('a consumer group that does not exist is named, with what is to be mended', async () => {
  const error = await errorOf(await openHub(), { consumerGroup: 'other' })
  expect(error).toMatchObject({ code: 'EVENT_HUBS_NOT_FOUND', fault: 'configuration', retryable: true })
  expect(error.message).toContain('read with other')
})

test('a hub that does not exist is not found', async () => {
  const hub = await openHub()
  const connectionString = new Secret(hub.namespaceConnectionString)
  expect(await errorOf(hub, { connectionString, eventHub: 'nothing' })).toMatchObject({
    code: 'EVENT_HUBS_NOT_FOUND',
    fault: 'configuration',
  })
})

test('a wrong key stands nowhere in what is said of it', async () => {
  const hub = await openHub()
  const wrong = await errorOf(hub, { connectionString: withKey(hub, 'canary-4f1d') })
  expect(wrong).toMatchObject({ code: 'EVENT_HUBS_CREDENTIALS', fault: 'configuration' })
  expect(`${wrong.message} ${wrong.stack} ${String(wrong.cause)}`).not.toContain('canary-4f1d')
})

test('a missing right is told from a wrong key', async () => {
  const sender = await openHub({ rights: ['Send'] })
  expect(await errorOf(sender, {})).toMatchObject({ code: 'EVENT_HUBS_ACCESS_DENIED', fault: 'configuration' })
})

test('a checkpoint of a hub that was made anew is told, since nothing would be read', async () => {
  const hub = await openHub({ partitions: 1 })
  hub.send(['{}'])
  const store = new MemoryStore()
  await store.updateCheckpoint({
    partitionId: '0',
    consumerGroup: 'posture-stream',
    eventHubName: 'defender',
    fullyQualifiedNamespace: '127.0.0.1',
    offset: '99999999999999',
    sequenceNumber: 5000,
  })
  expect(await errorOf(hub, {}, store)).toMatchObject({ code: 'EVENT_HUBS_POSITION', fault: 'configuration' })
})

test('whoever takes a partition again and again is told', async () => {
  const hub = await openHub({ partitions: 2 })
  hub.faults.stolen = ['1']
  expect(await errorOf(hub, { waitSeconds: 10 })).toMatchObject({ code: 'EVENT_HUBS_TAKEN', fault: 'configuration' })
})

test('a hub that nobody answers for is an outage; a host without an address needs its operator', async () => {
  const hub = await openHub()
  const gone = await openHub()
  await gone.close()
  expect(await errorOf(hub, { connectionString: new Secret(gone.connectionString) })).toMatchObject({
    code: 'EVENT_HUBS_UNREACHABLE',
    fault: 'outage',
  })
  const nowhere = hub.connectionString.replace('127.0.0.1', 'nowhere.invalid')
  expect(await errorOf(hub, { connectionString: new Secret(nowhere) })).toMatchObject({
    code: 'EVENT_HUBS_UNREACHABLE',
    fault: 'configuration',
  })
})

test('a hub that ends in the middle fails the sweep, and is read again by the next', async () => {
  const hub = await openHub({ partitions: 2 })
  const reader = await openReader(hub, new MemoryStore())
  await reader.inbox.next(1000, 20_000, reader.signal)
  await hub.close()
  onTestFinished(() => hub.close())
  await expect(
    (async () => {
      for (;;) (await reader.inbox.next(1000, 20_000, reader.signal)).done()
    })(),
  ).rejects.toMatchObject({ code: 'EVENT_HUBS_UNREACHABLE' })
})

test.each([
  ['The specified container does not exist.', { statusCode: 404, code: 'ContainerNotFound' }, 'CHECKPOINTS_NOT_FOUND'],
  ['This request is not authorized.', { statusCode: 403, code: 'AuthorizationFailure' }, 'CHECKPOINTS_ACCESS_DENIED'],
  ['Server failed to authenticate.', { statusCode: 403, code: 'AuthenticationFailed' }, 'CHECKPOINTS_CREDENTIALS'],
  ['getaddrinfo ENOTFOUND nowhere.invalid', { code: 'REQUEST_SEND_ERROR' }, 'CHECKPOINTS_UNREACHABLE'],
  ['Invalid DefaultEndpointsProtocol in the provided Connection String.', {}, 'CHECKPOINTS_CREDENTIALS'],
  ['The server is busy.', { statusCode: 503, code: 'ServerBusy' }, 'CHECKPOINTS_UNREACHABLE'],
  ['CredentialUnavailableError: no token', {}, 'EVENT_HUBS_CREDENTIALS'],
])('the container: %s', async (message, fields, code) => {
  const scrub = scrubOf(configOf(await openHub()))
  const call = { what: 'the container checkpoints', scrub }
  expect(checkpointError(Object.assign(new Error(message), fields), call)).toMatchObject({ code })
  // The SDK wraps what a listing threw into a text.
  const wrapped = new Error(`Error occurred while fetching the list of blobs. \nRestError: ${message}`)
  if (code === 'CHECKPOINTS_NOT_FOUND') expect(checkpointError(wrapped, call)).toMatchObject({ code })
})

test('connection strings, keys, signatures and tokens are taken out of what Azure says', async () => {
  const config = configOf(await openHub(), {
    connectionString: new Secret('Endpoint=sb://h/;SharedAccessKeyName=p;SharedAccessKey=canary-key==;EntityPath=x'),
    identity: { tenantId: 't', clientId: 'c', clientSecret: new Secret('canary-secret') },
    checkpoints: { container: 'c', connectionString: new Secret('AccountName=a;AccountKey=canary-account==') },
  })
  const call = { what: 'the hub', scrub: scrubOf(config) }
  const said = [
    'Either provide "eventHubName" or the "connectionString": "Endpoint=sb://h/;SharedAccessKeyName=p;SharedAccessKey=canary-key==;EntityPath=x"',
    'refused canary-key== and canary-account== and canary-secret',
    'token SharedAccessSignature sr=h&sig=canary-sig&se=1 is bad',
    'Bearer canary-bearer, eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.canary',
  ]
  for (const text of said) {
    const { message, cause } = hubError(new Error(text), call)
    expect(`${message} ${(cause as Error).message}`).not.toMatch(/canary/)
  }
})
