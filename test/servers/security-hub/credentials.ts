import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { HubRefusal } from './codes.ts'
import type { HubPlace, HubRole } from './options.ts'

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}$/

interface Session {
  readonly account: string
  readonly arn: string
  /** Undefined: for ever. */
  readonly token: string | undefined
  readonly expiresAt: number
}

/** Who asks, and of which service of which region: by the scope of the signature. */
export interface Identity extends HubPlace {
  readonly service: string
  readonly arn: string
}

export interface IssuedCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: number
  readonly arn: string
}

/** The access keys that the server knows, and whose they are. It reads a signature's scope, and does not verify the rest. */
export class KnownCredentials {
  readonly #sessions = new Map<string, Session>()
  readonly #clock: () => number

  constructor(accounts: readonly string[], clock: () => number) {
    this.#clock = clock
    for (const account of accounts) {
      const arn = `arn:aws:iam::${account}:user/test`
      this.#sessions.set(longLived(account).accessKeyId, { account, arn, token: undefined, expiresAt: Infinity })
    }
  }

  /** Throws what AWS says of a request that is not signed, or signed with a key that it does not know, or knows no more. */
  identify(headers: IncomingHttpHeaders): Identity {
    const { authorization } = headers
    if (authorization === undefined)
      throw new HubRefusal('MissingAuthenticationTokenException', 'Missing Authentication Token')
    const { key, region, service } = AUTHORIZATION.exec(authorization)?.groups ?? {}
    if (key === undefined || region === undefined || service === undefined)
      throw new HubRefusal('InvalidSignatureException', 'The Authorization header is not one of Signature Version 4')
    const session = this.#sessions.get(key)
    if (!session || session.token !== headers['x-amz-security-token'])
      throw new HubRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.')
    if (session.expiresAt <= this.#clock())
      throw new HubRefusal('ExpiredTokenException', 'The security token included in the request is expired')
    return { account: session.account, region, service, arn: session.arn }
  }

  issue(role: HubRole, sessionName: string, seconds: number): IssuedCredentials {
    const [, account, name] = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(role.arn) ?? []
    if (account === undefined || name === undefined) throw new Error(`${role.arn} is not the ARN of a role`)
    const issued = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(60).toString('base64'),
      expiresAt: this.#clock() + seconds * 1000,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
    }
    const { sessionToken: token, expiresAt, arn } = issued
    this.#sessions.set(issued.accessKeyId, { account, arn, token, expiresAt })
    return issued
  }

  /** All credentials of roles given out so far are over. */
  expire(): void {
    for (const [key, session] of this.#sessions)
      if (session.token !== undefined) this.#sessions.set(key, { ...session, expiresAt: -Infinity })
  }
}

/** The keys that an account has from the start. */
export function longLived(account: string): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: `AKIA${account.padStart(16, '0')}`, secretAccessKey: 'secret' }
}
