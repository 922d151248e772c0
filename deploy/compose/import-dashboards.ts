/**
 * Loads saved objects into OpenSearch Dashboards once it answers: `node import-dashboards.ts URL FILE USER PASSWORD-FILE`.
 * Repeating it replaces what was loaded before. Ends with 1 when Dashboards refuses them or does not answer in time.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const LIMIT_MS = 300_000
const PAUSE_MS = 2000
const ANSWER_MS = 60_000

interface Answer {
  readonly success?: boolean
  readonly successCount?: number
  readonly errors?: readonly unknown[]
}

const [url = '', file = '', user = '', passwordFile = ''] = process.argv.slice(2)
const password = readFileSync(passwordFile, 'utf8').trimEnd()
const headers = {
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  'osd-xsrf': 'true',
  securitytenant: 'global',
}

await untilReady()
process.stdout.write(`${await load()} saved objects loaded into ${url}\n`)

/** Dashboards answers 503 while it starts. */
async function untilReady(): Promise<void> {
  const end = Date.now() + LIMIT_MS
  for (;;) {
    const state = await fetch(`${url}/api/status`, { headers, signal: AbortSignal.timeout(ANSWER_MS) }).then(
      ({ status }) => status,
      (error: unknown) => String((error as Error).cause ?? error),
    )
    if (state === 200) return
    if (state === 401) throw new Error(`${url} refuses the password of ${user} (401)`)
    if (Date.now() > end) throw new Error(`${url} was not ready within ${LIMIT_MS / 1000} s; its last answer: ${state}`)
    await sleep(PAUSE_MS)
  }
}

async function load(): Promise<number> {
  const form = new FormData()
  form.append('file', new Blob([readFileSync(file)]), basename(file))
  const request = { method: 'POST', headers, body: form, signal: AbortSignal.timeout(ANSWER_MS) }
  const response = await fetch(`${url}/api/saved_objects/_import?overwrite=true`, request)
  const text = await response.text()
  const answer = response.ok ? (JSON.parse(text) as Answer) : {}
  // Objects that it refuses are named in an answer that is 200 all the same.
  if (answer.success !== true) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 2000)}`)
  return answer.successCount ?? 0
}
