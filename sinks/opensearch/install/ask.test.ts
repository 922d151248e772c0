import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../../core/secret.ts'
import { openSearchClient } from '../client.ts'
import { sampleServer } from '../sample-server.ts'
import { scrubOf } from '../scrub.ts'
import { askThrough, type Ask } from './ask.ts'

const CANARY = 'CANARY-7f3-secret'
const auth = { basic: { username: 'admin', password: new Secret(CANARY) } }

function asking(nodes: string[], signal = new AbortController().signal): Ask {
  const client = openSearchClient({ nodes, auth, requestTimeoutMs: 5000 })
  onTestFinished(() => client.close())
  return askThrough(client, { signal, scrub: scrubOf(auth), timeoutMs: 5000 })
}

describe('asking a cluster', () => {
  test('gives the answer, and what it says when it refuses, without our secrets', async () => {
    const { url, received } = await sampleServer(
      [200, { acknowledged: true }],
      [400, { error: { type: 'illegal_argument_exception', reason: `no: ${CANARY}` } }],
      [400, { error: 'no handler found for uri [/_plugins/_ism]' }],
      [404, {}],
    )
    const ask = asking([url])
    expect(await ask('PUT', '/a/_mapping?timeout=1s', { a: 1 })).toEqual({ status: 200, body: { acknowledged: true } })
    expect(received[0]).toMatchObject({ method: 'PUT', path: '/a/_mapping?timeout=1s', body: Buffer.from('{"a":1}') })
    expect((await ask('GET', '/')).error).toEqual({ type: 'illegal_argument_exception', reason: 'no: [secret]' })
    expect((await ask('GET', '/')).error).toEqual({ type: '', reason: 'no handler found for uri [/_plugins/_ism]' })
    expect((await ask('GET', '/')).error).toEqual({ type: '', reason: 'status 404' })
  })

  test('fails, with what to do about it, where we may not', async () => {
    const { url } = await sampleServer([
      403,
      { error: { type: 'security_exception', reason: `no permissions ${CANARY}` } },
    ])
    const failed = await asking([url])('GET', '/').catch((error: unknown) => error as Error)
    expect(failed).toMatchObject({ code: 'OPENSEARCH_FORBIDDEN', fault: 'configuration' })
    expect(JSON.stringify({ ...failed, message: (failed as Error).message })).not.toContain(CANARY)
  })

  test('takes the next node where one cannot be reached, and ends with the signal', async () => {
    const { url } = await sampleServer([200, {}], () => {})
    const stop = new AbortController()
    const ask = asking(['http://127.0.0.1:1', url], stop.signal)
    expect(await ask('GET', '/')).toEqual({ status: 200, body: {} })
    const asked = ask('GET', '/')
    stop.abort(new Error('stopped'))
    await expect(asked).rejects.toThrow('stopped')
  })
})
