import { randomBytes } from 'node:crypto'
import { Value } from 'typebox/value'
import { onTestFinished } from 'vitest'
import { openSearchClient } from '../sinks/opensearch/client.ts'
import { configSchema, type OpenSearchConfig } from '../sinks/opensearch/config.ts'
import { askThrough } from '../sinks/opensearch/install/ask.ts'
import { applyInstall } from '../sinks/opensearch/install/install.ts'
import { scrubOf } from '../sinks/opensearch/scrub.ts'

interface Hit {
  readonly _id: string
  readonly _source: Readonly<Record<string, unknown>>
}

/** One document as it stands in an index. */
export interface StoredDocument {
  readonly id: string
  readonly event: Readonly<Record<string, unknown>>
}

/** Names of one test's own on a server that is shared, and what stands under them; gone when the test is over. */
export class ScratchOpenSearch {
  readonly url: string
  readonly index: string
  readonly dataStream: string

  constructor(url: string) {
    const name = `test-${randomBytes(6).toString('hex')}`
    this.url = url
    this.index = name
    this.dataStream = `${name}-history`
    onTestFinished(() => this.remove())
  }

  /** A sink's configuration for these names, as it arrives at `create`. */
  config(more: Readonly<Record<string, unknown>> = {}): OpenSearchConfig {
    return Value.Default(configSchema, { nodes: [this.url], index: this.index, ...more }) as OpenSearchConfig
  }

  /** What `posture-stream opensearch install` does. */
  async install({ history = false }: { readonly history?: boolean } = {}): Promise<this> {
    const config = this.config(history ? { history: { dataStream: this.dataStream } } : {})
    const client = openSearchClient(config)
    const { signal } = new AbortController()
    try {
      await applyInstall(askThrough(client, { signal, scrub: scrubOf(config.auth) }), config, signal)
    } finally {
      await client.close()
    }
    return this
  }

  /** Any call to the server itself; throws unless it succeeds. */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  /** Every document that stands under a name, up to 10,000. */
  async documents(name = this.index): Promise<StoredDocument[]> {
    await this.ask('POST', `/${name}/_refresh`)
    const { hits } = (await this.ask('POST', `/${name}/_search?size=10000`)) as { hits: { hits: Hit[] } }
    return hits.hits.map(({ _id: id, _source: event }) => ({ id, event }))
  }

  /** The same as `key@revision`, in order. */
  async held(name = this.index): Promise<string[]> {
    const documents = await this.documents(name)
    return documents
      .map(({ event }) => `${read(event, 'finding_info', 'uid')}@${read(event, 'metadata', 'sequence')}`)
      .toSorted()
  }

  async remove(): Promise<void> {
    const { index, dataStream } = this
    const places = [`/_data_stream/${dataStream}`, `/${index}-0*`, `/${index}`]
    for (const place of [...places, `/_index_template/${index}`, `/_index_template/${dataStream}`]) {
      await fetch(`${this.url}${place}`, { method: 'DELETE' }).catch(() => {})
    }
  }
}

function read(event: StoredDocument['event'], part: string, name: string): string {
  return String((event[part] as Record<string, string | number>)[name])
}
