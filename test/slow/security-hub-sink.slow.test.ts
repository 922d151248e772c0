import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { securityHub } from '../../sinks/security-hub/security-hub.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import type { PostureFinding } from '../../sinks/sink.ts'

const ACCOUNT = '111122223333'
const REGION = 'eu-west-1'
const BATCH = 500
const BATCHES = 80

/** A Security Hub that takes everything and keeps nothing, in a process of its own: only the sink's work counts. */
const TAKES_ALL = `
  const { createServer } = require('node:http')
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const taken = body.split('"SchemaVersion"').length - 1
    const hub = 'arn:aws:securityhub:${REGION}:${ACCOUNT}:hub/default'
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.method === 'GET' ? { HubArn: hub } : { FailedCount: 0, SuccessCount: taken }))
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

test('prints how many findings the sink delivers in a second of its CPU', async () => {
  const server = spawn(process.execPath, ['--eval', TAKES_ALL], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void server.kill())
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  onTestFinished(() => void vi.unstubAllEnvs())
  const silent = (): void => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const metrics = { count: silent, gauge: silent, observe: silent }
  const sink = await securityHub.create(
    {
      destinations: [{ account: ACCOUNT, regions: [REGION] }],
      otherAccounts: 'reject',
      note: 'when-empty',
      workflow: true,
      callsPerSecond: 1e6,
      readsPerSecond: 1e6,
      requestTimeoutMs: 30_000,
      endpoint: `http://127.0.0.1:${port.toString().trim()}`,
    },
    { name: 'hub', tenant: 'acme', log, metrics, clock: Date.now },
  )
  onTestFinished(() => sink.close?.())
  await deliver(batchOf(0), sink.deliver.bind(sink))
  const began = process.cpuUsage()
  for (let index = 1; index <= BATCHES; index += 1) await deliver(batchOf(index), sink.deliver.bind(sink))
  const { user, system } = process.cpuUsage(began)
  const perSecond = Math.round((BATCH * BATCHES) / ((user + system) / 1e6))
  console.log(`${BATCH * BATCHES} findings delivered, ${perSecond} per CPU second (AWS takes 1,000 a second)`)
  expect(perSecond).toBeGreaterThan(0)
}, 300_000)

function batchOf(index: number): PostureFinding[] {
  return Array.from({ length: BATCH }, (_, at) => sampleFinding(`${index}-${at}`))
}

async function deliver(
  findings: readonly PostureFinding[],
  send: (findings: readonly PostureFinding[], signal: AbortSignal) => Promise<readonly { status: string }[]>,
): Promise<void> {
  const outcomes = await send(findings, new AbortController().signal)
  expect(outcomes.filter(({ status }) => status !== 'delivered')).toEqual([])
}
