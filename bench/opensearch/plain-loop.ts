import { Client } from '@opensearch-project/opensearch'
import type { PostureFinding } from '../../sinks/sink.ts'
import type { Task } from './task.ts'

/** What one writes who has the documents as text and trusts the cluster to take them: the client's own bulk call. */
export async function plainLoop(
  { url, index, batch, compression }: Task,
  findings: readonly PostureFinding[],
): Promise<void> {
  const client = new Client({ node: url, ...(compression ? { compression: 'gzip' } : {}) })
  for (let start = 0; start < findings.length; start += batch) {
    const body = findings
      .slice(start, start + batch)
      .flatMap(({ key, revision, bytes }) => [
        JSON.stringify({ index: { _index: index, _id: key, version: revision, version_type: 'external_gte' } }),
        Buffer.from(bytes).toString(),
      ])
    // The client's types know documents as objects only; text it sends as it is.
    const answer = await client.bulk({ body: body as unknown as object[] })
    if (answer.body.errors) throw new Error(`not all were taken: ${JSON.stringify(answer.body.items[0])}`)
  }
  await client.close()
}
