import { sampleNotification } from '../../collectors/gcp-pubsub/mapping/sample-scc.ts'
import { PubsubServer } from '../../test/servers/pubsub/pubsub-server.ts'
import type { MessagePath } from './path.ts'

/** A subscription of Pub/Sub: Google's own fake of it, in a process of its own, without TLS. */
export async function pubsubPath(): Promise<MessagePath> {
  const server = await PubsubServer.start()
  const { subscription, endpoint } = server
  return {
    name: 'Pub/Sub',
    collector: JSON.stringify({ type: 'gcp-pubsub', subscription, endpoint, waitSeconds: 1 }),
    send: (bodies) => server.publish(bodies),
    left: async () => (await server.counts()).all,
    bodyOf: (number) => JSON.stringify(sampleNotification(number)),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
