/** An event as `PutEvents` takes it. */
export interface EventEntry {
  readonly Source: string
  readonly DetailType: string
  /** JSON. */
  readonly Detail: string
  readonly Resources?: readonly string[]
}

/** EventBridge of a moto, in one region, for what tests need of it; nobody else here speaks it. */
export class EventBridge {
  readonly #url: string
  readonly #region: string

  constructor(url: string, region: string) {
    this.#url = url
    this.#region = region
  }

  /** From now on the events that match `pattern` go to the queue. moto cannot match below arrays. */
  async forward(name: string, pattern: object, queueArn: string): Promise<void> {
    await this.#call('PutRule', { Name: name, EventPattern: JSON.stringify(pattern), State: 'ENABLED' })
    await this.#call('PutTargets', { Rule: name, Targets: [{ Id: 'queue', Arn: queueArn }] })
  }

  /** At most ten at once. AWS refuses a Source of its own (`aws.…`) from customers; moto lets it pass. */
  async put(entries: readonly EventEntry[]): Promise<void> {
    const { FailedEntryCount } = await this.#call('PutEvents', { Entries: entries })
    if (FailedEntryCount !== 0) throw new Error(`EventBridge refused ${String(FailedEntryCount)} of the events`)
  }

  async #call(operation: string, input: object): Promise<Record<string, unknown>> {
    // moto finds out whom a request is for by the scope of its signature, and checks no more of it.
    const scope = `Credential=test/20260101/${this.#region}/events/aws4_request`
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSEvents.${operation}`,
        authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify(input),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${operation} was answered ${response.status}: ${text}`)
    return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>
  }
}
