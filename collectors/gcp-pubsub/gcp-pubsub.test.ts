import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient, IdentityPoolClient, JWT } from 'google-auth-library'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Context } from '../../core/component.ts'
import { subscriptionName } from './config.ts'
import { credentialsOf } from './credentials.ts'
import { gcpPubsub } from './gcp-pubsub.ts'

function fileOf(content: unknown): string {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'google.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const key = {
  type: 'service_account',
  client_email: 'posture-stream@acme-security.iam.gserviceaccount.com',
  private_key_id: 'abc',
  private_key: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey,
}
const federation = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
}

const defaults = { waitSeconds: 20, ackDeadlineSeconds: 60, maxMessages: 500, maxBytes: 50_000_000 }

describe('which subscription', () => {
  test.each([
    [{ project: 'acme', subscription: 'posture' }, 'projects/acme/subscriptions/posture'],
    [{ subscription: 'projects/acme/subscriptions/posture' }, 'projects/acme/subscriptions/posture'],
    [{ project: 'acme', subscription: 'projects/acme/subscriptions/posture' }, 'projects/acme/subscriptions/posture'],
  ])('%j', (settings, name) => {
    expect(subscriptionName(settings)).toBe(name)
  })

  test.each([
    [{ subscription: 'posture' }, 'PROJECT_MISSING'],
    [{ project: 'other', subscription: 'projects/acme/subscriptions/posture' }, 'PROJECT_CONTRADICTORY'],
  ])('%j does not say', async (settings, code) => {
    await expect((async () => gcpPubsub.create({ ...defaults, ...settings }, {} as Context))()).rejects.toMatchObject({
      code,
    })
  })
})

describe('credentials', () => {
  test('are the key of a service account', async () => {
    const client = await credentialsOf(fileOf(key))
    expect(client).toBeInstanceOf(JWT)
    expect(client).toMatchObject({ email: key.client_email, keyId: 'abc' })
  })

  test.each([
    ['a token in a file', { file: '/var/run/token' }, IdentityPoolClient],
    [
      'a role of AWS',
      {
        environment_id: 'aws1',
        regional_cred_verification_url:
          'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
      },
      AwsClient,
    ],
  ])('are workload identity federation by %s', async (_what, credential_source, kind) => {
    expect(await credentialsOf(fileOf({ ...federation, credential_source }))).toBeInstanceOf(kind)
  })

  test.each([
    ['a file that is no JSON', '-----BEGIN PRIVATE KEY-----', 'it is no JSON'],
    ['nothing', 'null', 'neither the key'],
    ['the credentials of a person', { type: 'authorized_user', refresh_token: 'secret' }, 'neither the key'],
    ['half a key', { ...key, private_key: undefined }, 'private_key is missing'],
    [
      'a federation that runs a program',
      { ...federation, credential_source: { executable: { command: '/bin/token' } } },
      'it runs a program',
    ],
    ['a federation without a source', federation, 'it cannot be used'],
  ])('are not %s, and nothing of it is shown', async (_what, content, why) => {
    const error = await credentialsOf(fileOf(content)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'PUBSUB_CREDENTIALS', fault: 'configuration' })
    expect((error as Error).message).toContain(why)
    expect((error as Error).message).not.toMatch(/BEGIN|secret/)
  })

  test('that are not there are waited for', async () => {
    await expect(credentialsOf('/no/such/file')).rejects.toMatchObject({ code: 'PUBSUB_CREDENTIALS', retryable: true })
  })

  test.each([
    ['of the environment', {}],
    ['of the settings', { credentials: '/no/such/file' }],
  ])('%s that are not there are an error of the check, and of nothing else', async (_what, settings) => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/no/such/file')
    onTestFinished(() => void vi.unstubAllEnvs())
    const subscription = 'projects/acme/subscriptions/posture'
    const collector = await gcpPubsub.create({ ...defaults, subscription, ...settings }, {} as Context)
    const refused = { code: 'PUBSUB_CREDENTIALS', fault: 'configuration' }
    await expect(collector.check(new AbortController().signal)).rejects.toMatchObject(refused)
    // What the SDK would reject beside that would be told after a while.
    await new Promise((resolve) => setTimeout(resolve, 50))
    await collector.close?.()
  })
})
