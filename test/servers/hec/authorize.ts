import type { IncomingMessage } from 'node:http'
import { HecRefusal } from './codes.ts'
import type { HecToken } from './options.ts'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The token of `Authorization: Splunk TOKEN`, or of Basic with it as the password. Throws codes 1, 2, 3, 4 and 16. */
export function authorize(request: IncomingMessage, url: URL, tokens: readonly HecToken[]): HecToken {
  const { authorization } = request.headers
  if (authorization === undefined) throw new HecRefusal(url.searchParams.has('token') ? 16 : 2)
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S+)\s*$/.exec(authorization) ?? []
  const token = tokenOf(scheme.toLowerCase(), credentials)
  if (token === undefined) throw new HecRefusal(3)
  const known = tokens.find((each) => each.token === token)
  if (!known) throw new HecRefusal(4)
  if (known.disabled) throw new HecRefusal(1)
  return known
}

function tokenOf(scheme: string, credentials: string): string | undefined {
  if (scheme === 'splunk') return credentials
  if (scheme === 'basic') return Buffer.from(credentials, 'base64').toString().split(':')[1]
  return undefined
}

/** The channel of a request, by header or query. Throws 10 (or, in the cloud, 28) where one is needed, 11 where it is no GUID. */
export function channelOf(
  request: IncomingMessage,
  url: URL,
  { needed, cloud }: { needed: boolean; cloud: boolean },
): string | undefined {
  const header = request.headers['x-splunk-request-channel']
  const channel = (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get('channel') ?? ''
  if (channel === '' && needed) throw new HecRefusal(cloud ? 28 : 10)
  if (channel !== '' && !GUID.test(channel)) throw new HecRefusal(11)
  return channel === '' ? undefined : channel
}
