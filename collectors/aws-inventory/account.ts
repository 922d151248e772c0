import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import type { Clock } from '../../core/component.ts'
import { PermanentError } from '../../core/errors.ts'
import { accountOfRole } from '../aws/arns.ts'
import { awsError } from '../aws/aws-error.ts'
import { awsClientOptions, type AwsClientOptions } from '../aws/client-options.ts'
import { nameOf, type Access, type InventoryConfig } from './config.ts'

type Provider = ReturnType<typeof fromTemporaryCredentials>

/** The SDK asks again for credentials that have no longer than this. */
const RENEWED_MS = 5 * 60_000

/** One account that is read: all its clients share the credentials of its role. */
export class Account {
  readonly #access: Access
  readonly #endpoints: { readonly endpoint: string | undefined; readonly stsEndpoint: string | undefined }
  readonly #credentials: Credentials | undefined
  #uid: string | undefined

  constructor(access: Access, config: Pick<InventoryConfig, 'endpoint' | 'stsEndpoint'>, clock: Clock) {
    this.#access = access
    this.#endpoints = { endpoint: config.endpoint, stsEndpoint: config.stsEndpoint ?? config.endpoint }
    this.#uid = accountOfRole(access.roleArn)
    if (access.roleArn !== undefined) this.#credentials = new Credentials(clock)
  }

  /** Its number; undefined for the pipeline's own credentials, as long as nobody has asked for whom they are. */
  get uid(): string | undefined {
    return this.#uid
  }

  clientOptions(region: string): AwsClientOptions {
    return this.#shared(awsClientOptions({ ...this.#access, ...this.#endpoints, region }))
  }

  /** Whether the credentials are good, and the number of their account. Throws a TransientError or PermanentError (`AWS_…`). */
  async identify(region: string, signal: AbortSignal): Promise<string> {
    const options = { ...this.#access, ...this.#endpoints, region, endpoint: this.#endpoints.stsEndpoint }
    const client = new STSClient(this.#shared(awsClientOptions(options)))
    const where = nameOf({ region, access: this.#access })
    try {
      const { Account: uid } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal })
      this.#uid ??= uid
    } catch (error) {
      signal.throwIfAborted()
      throw awsError(error, {
        action: `sts:${this.#access.roleArn === undefined ? 'GetCallerIdentity' : 'AssumeRole'}`,
        where,
      })
    } finally {
      client.destroy()
    }
    if (this.#uid === undefined)
      throw new PermanentError('INVENTORY_ACCOUNT', `STS in ${where} does not say whose the credentials are`)
    return this.#uid
  }

  /** They have expired before their time: new ones are fetched. */
  forgetCredentials(): void {
    this.#credentials?.forget()
  }

  #shared(options: AwsClientOptions): AwsClientOptions {
    const { credentials } = options
    if (this.#credentials === undefined || credentials === undefined) return options
    return { ...options, credentials: this.#credentials.from(credentials) }
  }
}

/** One role's credentials for many clients, each of which would assume the role by itself. */
class Credentials {
  readonly #clock: Clock
  #held: ReturnType<Provider> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  from(provider: Provider): Provider {
    return async (properties) => {
      if (this.#held !== undefined) {
        const { expiration } = await this.#held
        if (expiration === undefined || expiration.getTime() - this.#clock() > RENEWED_MS) return this.#held
      }
      const asked = provider(properties)
      this.#held = asked
      asked.catch(() => {
        if (this.#held === asked) this.#held = undefined
      })
      return asked
    }
  }

  forget(): void {
    this.#held = undefined
  }
}
