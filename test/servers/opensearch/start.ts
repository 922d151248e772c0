/**
 * Starts a real OpenSearch node to work with by hand: `node test/servers/opensearch/start.ts [--version V] [--port N]`.
 * Ctrl-C ends it and removes its data.
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { OpenSearchNode } from './node.ts'
import { openSearchVersions, USUAL_VERSION, type OpenSearchVersion } from './versions.ts'

const { values } = parseArgs({
  options: { version: { type: 'string', default: USUAL_VERSION }, port: { type: 'string', default: '0' } },
})
if (!Object.hasOwn(openSearchVersions, values.version) || !/^\d+$/.test(values.port)) {
  const versions = Object.keys(openSearchVersions).join('|')
  console.error(`Usage: node test/servers/opensearch/start.ts [--version ${versions}] [--port N]`)
  process.exitCode = 2
} else {
  const version = values.version as OpenSearchVersion
  const node = await OpenSearchNode.start({ version, port: Number(values.port) })
  console.log(`OPENSEARCH_URL=${node.url}`)
  console.log(`Data and logs: ${node.directory}`)
  const staying = setInterval(() => {}, 60_000)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  clearInterval(staying)
  await node.stop()
}
