import { createHash } from 'node:crypto'
import type { Identity } from './generated/posture-event.ts'

/**
 * The identity of one finding: `v1:` and 32 hex digits of SHA-256 over the JSON array of its parts.
 * Neither the collector nor the format is a part, so that one scan read in two formats gives the same keys.
 */
export function findingKey(tenant: string, parts: Identity): string {
  const { product, provider, account, region, control, resource, discriminator } = parts
  const text = JSON.stringify([tenant, product, provider, account, region, control, resource, discriminator])
  return `v1:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}

const FIXED_REGION_SERVICES = new Set(['iam', 's3', 'route53', 'cloudfront', 'organizations'])

/**
 * The region as a part of the key: empty where the uid fixes it (an ARN with a region, or of a global service),
 * else the resource's region.
 */
export function keyRegion(resourceUid: string, region: string): string {
  const [arn, , service, arnRegion] = resourceUid.split(':')
  if (arn === 'arn' && (arnRegion || FIXED_REGION_SERVICES.has(service ?? ''))) return ''
  return region
}

/** One spelling for one resource: Azure ids ignore case, and Google's full names come with and without a scheme. */
export function normalizeResourceUid(uid: string): string {
  const trimmed = uid.trim()
  if (/^\/subscriptions\//i.test(trimmed)) return withoutSlashes(trimmed.toLowerCase())
  if (/^(https?:)?\/\/[a-z0-9.-]+\.googleapis\.com\//i.test(trimmed))
    return withoutSlashes(trimmed.replace(/^https?:/i, ''))
  return trimmed
}

/** Without those at the end. A pattern for them takes time by the square of those inside. */
function withoutSlashes(uid: string): string {
  let end = uid.length
  while (uid[end - 1] === '/') end -= 1
  return uid.slice(0, end)
}
