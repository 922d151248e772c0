import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Refusal } from './amqp.ts'

export type Right = 'Listen' | 'Send'

/** A shared access policy: who has its key may do what it says. */
export interface Policy {
  readonly name: string
  readonly key: string
  readonly rights: readonly Right[]
}

/** What a token lets its bearer do, and until when (ms). */
export interface Grant {
  readonly rights: readonly Right[]
  readonly until: number
}

/** The audience of Entra's tokens for Event Hubs, with and without the slash that the SDK's scope ends in. */
const AUDIENCE = /^https:\/\/eventhubs\.azure\.net\/?$/

/** Checks what a client puts to `$cbs`: what it grants, or how the service refuses it. */
export function grantOf(type: string, token: string, audience: string, policies: readonly Policy[]): Grant | Refusal {
  return type === 'jwt' ? grantOfJwt(token) : grantOfSignature(token, audience, policies)
}

function grantOfSignature(token: string, audience: string, policies: readonly Policy[]): Grant | Refusal {
  const found = /^SharedAccessSignature (.+)$/.exec(token)
  if (found === null) return refused('MalformedToken: The token is not a shared access signature.')
  const fields = new Map(
    found[1]!.split('&').map((field) => [field.split('=')[0], field.slice(field.indexOf('=') + 1)]),
  )
  const [sr = '', sig = '', se = '', skn = ''] = ['sr', 'sig', 'se', 'skn'].map((name) => fields.get(name))
  const policy = policies.find(({ name }) => name === decodeURIComponent(skn))
  if (policy === undefined) return refused(`InvalidSignature: There is no policy '${decodeURIComponent(skn)}'.`)
  const right = createHmac('sha256', policy.key).update(`${sr}\n${se}`).digest()
  const given = Buffer.from(decodeURIComponent(sig), 'base64')
  if (given.length !== right.length || !timingSafeEqual(given, right))
    return refused('InvalidSignature: The token has an invalid signature.')
  if (!audience.toLowerCase().startsWith(decodeURIComponent(sr).toLowerCase()))
    return refused(`InvalidAudience: The token is for '${decodeURIComponent(sr)}'.`)
  return unlessOver({ rights: policy.rights, until: Number(se) * 1000 })
}

/** The signature of a JWT is nobody's here: only its time and its audience count. */
function grantOfJwt(token: string): Grant | Refusal {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      readonly aud?: unknown
      readonly exp?: unknown
    }
    if (!AUDIENCE.test(String(claims.aud))) return refused(`InvalidAudience: The token is for '${String(claims.aud)}'.`)
    return unlessOver({ rights: ['Listen', 'Send'], until: Number(claims.exp) * 1000 })
  } catch {
    return refused('MalformedToken: The token is not a JWT.')
  }
}

function unlessOver(grant: Grant): Grant | Refusal {
  if (grant.until > Date.now()) return grant
  const time = Number.isFinite(grant.until) ? new Date(grant.until).toISOString() : 'never'
  return refused(`ExpiredToken: The token is expired. Expiration time: '${time}'.`)
}

export function refused(description: string): Refusal {
  return { condition: 'com.microsoft:auth-failed', description }
}

/** A token as Entra ID makes them, but for its signature. `expiresAt` in ms. */
export function entraToken(expiresAt: number, audience = 'https://eventhubs.azure.net'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ aud: audience, exp: Math.floor(expiresAt / 1000) })}.none`
}
