const QUERY_MS = 60_000

/** One log as VictoriaLogs gives it back: all values are text, and what is nested has its path as its name. */
export type LogRow = Readonly<Record<string, string>>

/** A VictoriaLogs that runs, as its clients know it. */
export class LogStore {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** Where it takes events as Splunk's HEC does, with any token or none; a form (`x-www-form-urlencoded`) it loses. */
  get hec(): string {
    return `${this.url}/services/collector/event`
  }

  /** The rows that a LogsQL query finds in whatever was taken in before this call. Throws with what the server says. */
  async query(logsql: string): Promise<readonly LogRow[]> {
    // What was just taken in can be found a second later otherwise.
    await this.#post('/internal/force_flush', {})
    const text = await this.#post('/select/logsql/query', { query: logsql })
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogRow]))
  }

  async #post(path: string, form: Record<string, string>): Promise<string> {
    const signal = AbortSignal.timeout(QUERY_MS)
    const response = await fetch(this.url + path, { method: 'POST', body: new URLSearchParams(form), signal })
    const text = await response.text()
    if (!response.ok) throw new Error(`VictoriaLogs answered ${response.status} to ${path}: ${text.slice(0, 500)}`)
    return text
  }
}
