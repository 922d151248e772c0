import { expect } from 'vitest'

export interface RestAnswer {
  readonly status: number
  readonly body: unknown
}

interface Written {
  readonly id: string
  readonly revision: number
}

type BulkItems = readonly Readonly<
  Record<string, { readonly status: number; readonly error?: { readonly type: string } }>
>[]

/** OpenSearch by plain requests: what the tests see is not seen through the code that they test. */
export class Rest {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async ask(method: string, path: string, body?: object | string): Promise<RestAnswer> {
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(this.#url + path, { method, headers: { 'content-type': type }, ...content })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }

  /** The indices behind an alias. */
  async behind(alias: string): Promise<string[]> {
    const { status, body } = await this.ask('GET', `/_alias/${alias}`)
    return status === 404 ? [] : Object.keys(body as object).toSorted()
  }

  /** Writes small documents with their revision as version, until all are taken. */
  async write(index: string, written: readonly Written[], { direct = false } = {}): Promise<void> {
    let left = [...written]
    while (left.length > 0) {
      const items = await this.#bulk(
        index,
        left.map(({ id, revision }) => ({ id, revision, event: { time: revision, message: `revision ${revision}` } })),
        direct,
      )
      left = left.filter((_, at) => ![200, 201, 409].includes(items[at]!['index']!.status))
    }
  }

  /** Writes findings as the latest state; resolves to what was refused. */
  async index(index: string, findings: readonly { id: string; revision: number; event: object }[]): Promise<unknown[]> {
    return refusedOf(await this.#bulk(index, findings))
  }

  /** Adds findings to a data stream; resolves to what was refused. */
  async append(dataStream: string, findings: readonly { id: string; event: object }[]): Promise<unknown[]> {
    const lines = findings.flatMap(({ id, event }) => [{ create: { _id: id } }, event])
    return refusedOf(await this.#send(`/${dataStream}/_bulk`, lines))
  }

  async count(index: string, query: string): Promise<number> {
    const { body } = await this.ask('GET', `/${index}/_count?q=${encodeURIComponent(query)}`)
    return (body as { count: number }).count
  }

  /** Every field of the mapping that a search could use. */
  async fields(index: string): Promise<string[]> {
    const { body } = await this.ask('GET', `/${index}/_field_caps?fields=*`)
    const { fields } = body as { fields: object }
    expect(Object.keys(fields).length).toBeGreaterThan(100)
    return Object.keys(fields).toSorted()
  }

  async source(index: string, id: string): Promise<unknown> {
    return (await this.ask('GET', `/${index}/_source/${id}`)).body
  }

  /** Every document's version, by its id. */
  async revisions(index: string): Promise<Map<string, number>> {
    await this.ask('POST', `/${index}/_refresh`)
    const { body } = await this.ask('POST', `/${index}/_search`, { size: 10_000, version: true, _source: false })
    const { hits } = (body as { hits: { hits: { _id: string; _version: number }[] } }).hits
    return new Map(hits.map(({ _id: id, _version: version }) => [id, version]))
  }

  async #bulk(
    index: string,
    documents: readonly { id: string; revision: number; event: object }[],
    direct = false,
  ): Promise<BulkItems> {
    const lines = documents.flatMap(({ id, revision, event }) => [
      { index: { _id: id, version: revision, version_type: 'external_gte' } },
      event,
    ])
    return await this.#send(`/${index}/_bulk${direct ? '' : '?require_alias=true'}`, lines)
  }

  async #send(path: string, lines: readonly object[]): Promise<BulkItems> {
    const { body } = await this.ask('POST', path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    return (body as { items: BulkItems }).items
  }
}

function refusedOf(items: BulkItems): unknown[] {
  return items.flatMap((item) => Object.values(item).filter(({ status }) => status >= 300))
}
