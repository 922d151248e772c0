import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { openSearchClient, type ClientConfig } from './client.ts'
import { exchange } from './exchange.ts'
import { sampleServer, type Received } from './sample-server.ts'
import { scrubOf } from './scrub.ts'

async function send(config: ClientConfig, body: Buffer = Buffer.from('{"a":1}\n')): Promise<unknown> {
  const client = openSearchClient(config)
  onTestFinished(() => client.close())
  const { signal } = new AbortController()
  const options = { signal, timeoutMs: 5000, scrub: scrubOf(config.auth) }
  return await exchange(
    client,
    { method: 'POST', path: '/_bulk', querystring: { timeout: '30s', filter_path: 'a,b' }, body },
    options,
  )
}

function configFor(url: string, auth?: ClientConfig['auth']): ClientConfig {
  return { nodes: [url], requestTimeoutMs: 5000, ...(auth ? { auth } : {}) }
}

describe('credentials', () => {
  test('are sent as they were configured, and by nobody else', async () => {
    const { url, received } = await sampleServer([200, {}])
    await send(configFor(url))
    await send(configFor(url, { apiKey: new Secret('os_key') }))
    await send(configFor(url, { basic: { username: 'posture', password: new Secret('pä:ss') } }))
    const basic = `Basic ${Buffer.from('posture:pä:ss').toString('base64')}`
    expect(received.map(({ headers }) => headers.authorization)).toEqual([undefined, 'ApiKey os_key', basic])
  })

  test('are not shown by a client that is printed', () => {
    const client = openSearchClient(configFor('http://127.0.0.1:1', { apiKey: new Secret('CANARY-7f3') }))
    onTestFinished(() => client.close())
    expect(inspect(client, { depth: 3 })).not.toContain('CANARY')
    expect(JSON.stringify(client.connectionPool.connections)).not.toContain('CANARY')
  })
})

describe('signed requests', () => {
  const region = 'eu-west-1'

  function useCredentials(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
  }

  test.each(['es', 'aoss'] as const)('carry a signature of the %s service over what was sent', async (service) => {
    const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
    useCredentials({
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_SESSION_TOKEN: 'token/of=session',
    })
    const { url, received } = await sampleServer([200, {}])
    const body = Buffer.from([0x7b, 0x7d, 0x0a, 0xff, 0x00])
    await send(configFor(url, { sigv4: { region, service } }), body)
    const [request] = received
    expect(request!.body).toEqual(body)
    expect(request!.headers['x-amz-security-token']).toBe('token/of=session')
    expect(request!.headers['x-amz-content-sha256']).toBe(sha256(body))
    expect(request!.headers.authorization).toBe(
      signature(request!, { region, service, keyId: 'AKIDEXAMPLE', secretKey }),
    )
  })

  test('without credentials on this machine are a configuration fault', async () => {
    useCredentials({
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: 'none-such',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
    })
    const { url, received } = await sampleServer([200, {}])
    await expect(send(configFor(url, { sigv4: { region, service: 'es' } }))).rejects.toMatchObject({
      code: 'OPENSEARCH_NO_CREDENTIALS',
      fault: 'configuration',
    })
    expect(received).toEqual([])
  })

  /** The `Authorization` of Signature Version 4, as its specification says, from what arrived. */
  function signature(
    { method, path, headers, body }: Received,
    { region: where, service, keyId, secretKey }: { region: string; service: string; keyId: string; secretKey: string },
  ): string {
    const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')![1]!
    const [place, query = ''] = path.split('?')
    const encode = (text: string): string =>
      encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.codePointAt(0)!.toString(16).toUpperCase()}`)
    const parameters = [...new URLSearchParams(query)].map((pair) => pair.map(encode).join('=')).toSorted()
    const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}\n`)
    const canonical = [method, place, parameters.join('&'), lines.join(''), signed, sha256(body)].join('\n')
    const time = String(headers['x-amz-date'])
    const scope = `${time.slice(0, 8)}/${where}/${service}/aws4_request`
    const key = scope
      .split('/')
      .reduce<string | Buffer>((secret, part) => hmac(secret, part).digest(), `AWS4${secretKey}`)
    const seal = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).digest('hex')
    return `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${signed}, Signature=${seal}`
  }
})

function sha256(of: string | Buffer): string {
  return createHash('sha256').update(of).digest('hex')
}
function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text)
}

describe('a client that cannot be made', () => {
  test('says which address or file is wrong', () => {
    expect(() => openSearchClient(configFor('https://search.example.com:99999'))).toThrow(
      expect.objectContaining({ code: 'OPENSEARCH_NODE', retryable: false }),
    )
    const file = join(mkdtempSync(join(tmpdir(), 'posture-stream-')), 'ca.pem')
    writeFileSync(file, 'no certificate')
    expect(() => openSearchClient({ ...configFor('https://search.example.com'), tls: { ca: file } })).toThrow(
      expect.objectContaining({ code: 'TLS_FILE' }),
    )
  })
})
