import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { ended, ScratchPipeline } from '../scratch-pipeline.ts'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import { HecServer } from '../servers/hec/hec-server.ts'

const SECRETS = { HEC_TOKEN: 'canary-hec-2f9d41c7', SEARCH_PASSWORD: 'canary-search-81be06aa' }
const BASIC = Buffer.from(`admin:${SECRETS.SEARCH_PASSWORD}`).toString('base64')
const RUN_MS = 2500
const DELIVERY = '{ maxAttempts: 2, initialBackoffMs: 10, maxBackoffMs: 50 }'

/** What the destinations' faults could carry into what we write: logs of every level, dead letters, the state, the metrics. */
test.each([200, 400, 401, 403, 413, 429, 500, 503])(
  'no secret is in anything that a run writes whose destinations echo every request under %i',
  async (status) => {
    const hec = await HecServer.start({ tokens: [] })
    const proxy = await FaultyProxy.start(hec.url)
    onTestFinished(async () => {
      await proxy.stop()
      await hec.stop()
    })
    proxy.echo(status)
    const pipeline = new ScratchPipeline(undefined, [
      `siem: { type: splunk, endpoints: ["${proxy.url}"], token: "\${HEC_TOKEN}", delivery: ${DELIVERY} }`,
      `search: { type: opensearch, nodes: ["${proxy.url}"], auth: { basic: { username: admin, password: "\${SEARCH_PASSWORD}" } }, delivery: ${DELIVERY} }`,
    ])
    onTestFinished(() => pipeline.remove())
    pipeline.environment = SECRETS
    pipeline.addSample('account/prowler.ocsf.json')
    const child = pipeline.start('--log-level', 'debug')
    const end = ended(child)
    await sleep(RUN_MS)
    child.kill('SIGTERM')
    const outputs = [await end]
    for (const words of [
      ['check'],
      ['dead-letters', 'list', '--json'],
      ['opensearch', 'plan'],
      ['opensearch', 'install'],
    ])
      outputs.push(await pipeline.command(...words))

    const requests = JSON.stringify(proxy.requests())
    expect(requests).toContain(SECRETS.HEC_TOKEN)
    expect(requests).toContain(BASIC)
    const said = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n')
    for (const secret of [...Object.values(SECRETS), BASIC]) {
      expect(said).not.toContain(secret)
      expect(filesWith(secret, pipeline.directory)).toEqual([])
    }
  },
)

function filesWith(secret: string, directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(secret))
}
