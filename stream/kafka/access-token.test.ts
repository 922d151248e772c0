import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { AccessToken } from './access-token.ts'

interface Asked {
  readonly authorization: string | undefined
  readonly body: string
}

/** A token endpoint on this machine, and what it was asked. */
async function endpoint(
  answer: (response: ServerResponse, count: number) => void,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body })
      answer(response, asked.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked }
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

const tokenOf = (tokenUrl: string, scope?: string): AccessToken =>
  new AccessToken({ mechanism: 'oauthbearer', tokenUrl, clientId: 'id:1', clientSecret: new Secret('s3cret/+'), scope })

describe('an access token', () => {
  test('is asked for with the client credentials, once for all who wait, and kept while it lives', async () => {
    const { url, asked } = await endpoint((response, count) =>
      json(response, 200, { access_token: `t${count}`, expires_in: 3600 }),
    )
    const token = tokenOf(url, 'kafka')
    const tokens = await Promise.all([token.get(), token.get(), token.get()])
    expect(tokens.map((each) => each.reveal())).toEqual(['t1', 't1', 't1'])
    expect((await token.get()).reveal()).toBe('t1')
    // RFC 6749 §2.3.1: each part form-encoded, then joined.
    const credentials = Buffer.from('id%3A1:s3cret%2F%2B').toString('base64')
    expect(asked).toEqual([
      { authorization: `Basic ${credentials}`, body: 'grant_type=client_credentials&scope=kafka' },
    ])
  })

  test('is renewed before it expires', async () => {
    const { url } = await endpoint((response, count) =>
      json(response, 200, { access_token: `t${count}`, expires_in: 0.001 }),
    )
    const token = tokenOf(url)
    await token.get()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await token.get()).reveal()).toBe('t2')
  })

  test('that is refused is the operator’s turn, and its secret is not in the words', async () => {
    const { url } = await endpoint((response) =>
      json(response, 401, { error: 'invalid_client', error_description: 's3cret/+' }),
    )
    const refused = await tokenOf(url)
      .get()
      .catch((error: unknown) => error as Error)
    expect(refused).toMatchObject({ code: 'KAFKA_TOKEN_REFUSED', fault: 'configuration' })
    expect(String(refused)).toContain('401 (invalid_client)')
    expect(String(refused)).not.toContain('s3cret')
  })

  test('is waited for where the endpoint is away or fails', async () => {
    const { url } = await endpoint((response) => json(response, 503, {}))
    await expect(tokenOf(url).get()).rejects.toMatchObject({ code: 'KAFKA_TOKEN_REFUSED', fault: 'outage' })
    await expect(tokenOf('http://127.0.0.1:1/token').get()).rejects.toMatchObject({
      code: 'KAFKA_TOKEN_UNREACHABLE',
      fault: 'outage',
    })
  })

  test('is not followed to another address', async () => {
    const { url, asked } = await endpoint((response) => response.writeHead(307, { location: '/elsewhere' }).end())
    await expect(tokenOf(url).get()).rejects.toMatchObject({ code: 'KAFKA_TOKEN_UNREACHABLE' })
    expect(asked).toHaveLength(1)
  })

  test('is asked for by HTTPS only, except on this machine', () => {
    expect(() => tokenOf('http://login.example.com/token')).toThrow(
      expect.objectContaining({ code: 'KAFKA_TOKEN_URL' }),
    )
    tokenOf('https://login.example.com/token')
    tokenOf('http://localhost/token')
  })
})
