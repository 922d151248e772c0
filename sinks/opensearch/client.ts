import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { Client, Connection, Serializer, Transport } from '@opensearch-project/opensearch'
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws'
import { PermanentError } from '../../core/errors.ts'
import { readTls } from '../tls.ts'
import type { OpenSearchConfig } from './config.ts'
import { steady } from './connection.ts'
import { noCredentials } from './faults.ts'
import { scrubOf } from './scrub.ts'

/** What of a sink's configuration concerns the way to the cluster. */
export type ClientConfig = Pick<OpenSearchConfig, 'nodes' | 'auth' | 'tls' | 'requestTimeoutMs'>

/**
 * A client of the cluster that never tries again by itself and never asks nodes for other nodes: what to do after a
 * failure, and how long to wait, is decided by who sends (`exchange`). Nothing is sent before the first request. Throws a PermanentError when a node is no
 * URL (`OPENSEARCH_NODE`) or a certificate cannot be read (`TLS_FILE`). Whoever made it must `close` it.
 */
export function openSearchClient({ nodes, auth, tls, requestTimeoutMs }: ClientConfig): Client {
  const signer = auth?.sigv4 ? signerOf(auth.sigv4) : { Connection, Transport }
  const authorization = authorizationOf(auth)
  // As a header of the connection it is in no error of the client, whose `meta` shows the headers of the request.
  const headers = authorization === undefined ? {} : { authorization }
  const urls = new Map(nodes.map((node) => [urlOf(node).href, urlOf(node)]))
  return new Client({
    nodes: [...urls.values()].map((url) => ({ url, headers: { ...headers } })),
    Transport: signer.Transport,
    Connection: steady(signer.Connection),
    Serializer: TolerantSerializer,
    ...(tls === undefined ? {} : { ssl: readTls(tls) }),
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    // A node that failed is tried again after a minute with a real request; the default sends a ping and drops its answer.
    resurrectStrategy: 'optimistic',
  })
}

/** What calls itself JSON and is none comes as text: the status of such an answer still says what is wrong. */
class TolerantSerializer extends Serializer {
  override deserialize(json: string): unknown {
    try {
      return super.deserialize(json)
    } catch {
      return json
    }
  }
}

function urlOf(node: string): URL {
  const url = URL.parse(node)
  if (url === null) {
    throw new PermanentError(
      'OPENSEARCH_NODE',
      `nodes: ${node} is no address of a node; write for example https://search.example.com:9200`,
    )
  }
  return url
}

function authorizationOf(auth: OpenSearchConfig['auth']): string | undefined {
  if (auth?.apiKey) return `ApiKey ${auth.apiKey.reveal()}`
  if (!auth?.basic) return undefined
  const { username, password } = auth.basic
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`
}

type Sigv4 = NonNullable<NonNullable<OpenSearchConfig['auth']>['sigv4']>

function signerOf({ region, service }: Sigv4): ReturnType<typeof AwsSigv4Signer> {
  const provide = defaultProvider()
  const getCredentials = async (): ReturnType<typeof provide> => {
    try {
      return await provide()
    } catch (error) {
      throw noCredentials(error, scrubOf(undefined))
    }
  }
  return AwsSigv4Signer({ region, service, getCredentials })
}
