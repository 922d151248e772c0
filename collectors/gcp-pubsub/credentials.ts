import { readFile } from 'node:fs/promises'
import { AwsClient, GoogleAuth, IdentityPoolClient, JWT, type AuthClient } from 'google-auth-library'
import { TransientError } from '../../core/errors.ts'

const SCOPE = 'https://www.googleapis.com/auth/pubsub'

/**
 * Application Default Credentials. Rejects with `PUBSUB_CREDENTIALS` where there are none: the SDK, which would look for
 * them by itself, then leaves a rejection that nobody can catch.
 */
export async function foundCredentials(): Promise<AuthClient> {
  try {
    return await new GoogleAuth({ scopes: [SCOPE] }).getClient()
  } catch (cause) {
    throw refused('are not set', 'Application Default Credentials cannot be had', cause)
  }
}

/**
 * What a credentials file stands for: a service account by its key, or an identity of another cloud or provider by workload
 * identity federation. Rejects with `PUBSUB_CREDENTIALS` where it is neither. A federation that runs a program is none:
 * who may write the file could run anything.
 */
export async function credentialsOf(file: string): Promise<AuthClient> {
  const content = await contentOf(file)
  try {
    return clientOf(content)
  } catch (cause) {
    throw refused(file, 'it cannot be used', cause)
  }
}

type Content = Readonly<Record<string, unknown>>

async function contentOf(file: string): Promise<Content> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    // The parser's own message quotes the file, which is a secret.
    throw cause instanceof SyntaxError ? refused(file, 'it is no JSON') : refused(file, 'it cannot be read', cause)
  }
  const { type } = (content ?? {}) as Content
  if (type === 'service_account' || type === 'external_account') return content as Content
  throw refused(file, 'it is neither the key of a service account nor a configuration of workload identity federation')
}

function clientOf(content: Content): AuthClient {
  if (content['type'] === 'service_account') {
    const { client_email: email, private_key: key, private_key_id: keyId } = content
    if (typeof email !== 'string' || typeof key !== 'string') throw new Error('client_email or private_key is missing')
    return new JWT({ email, key, scopes: [SCOPE], ...(typeof keyId === 'string' ? { keyId } : {}) })
  }
  const source = (content['credential_source'] ?? {}) as Content
  if ('executable' in source) throw new Error('it runs a program')
  const options = { ...content, scopes: [SCOPE] }
  const isAws = typeof source['environment_id'] === 'string' && source['environment_id'].startsWith('aws')
  return isAws
    ? new AwsClient(options as unknown as ConstructorParameters<typeof AwsClient>[0])
    : new IdentityPoolClient(options as unknown as ConstructorParameters<typeof IdentityPoolClient>[0])
}

function refused(which: string, why: string, cause?: unknown): TransientError {
  const more = cause instanceof Error ? ` (${cause.message})` : ''
  return new TransientError('PUBSUB_CREDENTIALS', `credentials ${which}: ${why}${more}`, {
    fault: 'configuration',
    cause,
  })
}
