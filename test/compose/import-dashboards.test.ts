import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

const script = join(import.meta.dirname, '../../deploy/compose/import-dashboards.ts')
const objects = join(import.meta.dirname, '../../deploy/opensearch/dashboards.ndjson')

interface Asked {
  readonly what: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A stand-in for Dashboards, which gives these answers in their order, the last one for ever. */
async function dashboards(...answers: readonly (readonly [status: number, body: object])[]) {
  const asked: Asked[] = []
  const left = [...answers]
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push({ what: `${request.method} ${request.url}`, headers: request.headers, body: await text(request) })
    const [status, body] = (left.length > 1 ? left.shift() : left[0])!
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-import-'))
  onTestFinished(() => {
    server.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const password = join(directory, 'password')
  writeFileSync(password, 'a password\n')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const load = async () => {
    const child = spawn(process.execPath, [script, url, objects, 'admin', password])
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: code as number, out, err }
  }
  return { asked, load }
}

test('our saved objects are sent once Dashboards is ready, to the tenant that everybody sees', async () => {
  const { asked, load } = await dashboards([503, {}], [200, {}], [200, { success: true, successCount: 18 }])
  expect(await load()).toMatchObject({ code: 0, out: expect.stringContaining('18 saved objects loaded') })
  expect(asked.map(({ what }) => what)).toEqual([
    'GET /api/status',
    'GET /api/status',
    'POST /api/saved_objects/_import?overwrite=true',
  ])
  const { headers, body } = asked[2]!
  expect(headers).toMatchObject({
    authorization: `Basic ${btoa('admin:a password')}`,
    'osd-xsrf': 'true',
    securitytenant: 'global',
    'content-type': expect.stringMatching(/^multipart\/form-data/),
  })
  expect(body).toContain('filename="dashboards.ndjson"')
  expect(body).toContain(readFileSync(objects, 'utf8'))
})

test('a password that is refused, and objects that are, end it with what was said', async () => {
  const { load } = await dashboards([401, {}])
  expect(await load()).toMatchObject({ code: 1, err: expect.stringContaining('refuses the password of admin') })
  const refusing = await dashboards([200, {}], [200, { success: false, errors: [{ id: 'posture-overview' }] }])
  expect(await refusing.load()).toMatchObject({ code: 1, err: expect.stringContaining('posture-overview') })
})
