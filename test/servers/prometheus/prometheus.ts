import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { ServerProcess } from '../server-process.ts'
import { PrometheusProgram } from './program.ts'

const READY = 'Server is ready to receive web requests'
const READY_MS = 30_000
const GRACE_MS = 5000
const QUERY_MS = 10_000

export type Labels = Readonly<Record<string, string>>

export interface PrometheusFiles {
  /** What `prometheus.yml` says. */
  readonly config: string
  /** By name, the files of rules that it names. */
  readonly rules: Readonly<Record<string, string>>
}

/** A Prometheus with a store of its own, which goes with it. */
export class Prometheus {
  readonly url: string
  readonly #server: ServerProcess
  readonly #directory: string

  private constructor(url: string, server: ServerProcess, directory: string) {
    this.url = url
    this.#server = server
    this.#directory = directory
  }

  static async start({ config, rules }: PrometheusFiles, signal?: AbortSignal): Promise<Prometheus> {
    const command = await new PrometheusProgram('prometheus').path(signal)
    const directory = mkdtempSync(join(tmpdir(), 'posture-stream-prometheus-'))
    const [port] = await freePorts(1)
    writeFileSync(join(directory, 'prometheus.yml'), config)
    for (const [name, text] of Object.entries(rules)) writeFileSync(join(directory, name), text)
    const args = [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const server = new ServerProcess({ command, args, log: join(directory, 'log'), leftovers: directory })
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, server, directory)
    try {
      await server.logged(READY, READY_MS, signal)
      return prometheus
    } catch (error) {
      await prometheus.stop()
      throw error
    }
  }

  /** The labels and the value of each series that an expression gives now. */
  async query(expression: string): Promise<readonly { readonly labels: Labels; readonly value: number }[]> {
    interface Vector {
      readonly result: readonly { readonly metric: Labels; readonly value: readonly [number, string] }[]
    }
    const { result } = await this.#get<Vector>('query', { query: expression })
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  /** The labels of the alerts that fire now. */
  async firing(): Promise<readonly Labels[]> {
    interface Alerts {
      readonly alerts: readonly { readonly state: string; readonly labels: Labels }[]
    }
    const { alerts } = await this.#get<Alerts>('alerts', {})
    return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels)
  }

  /** Ends it and removes its store. */
  async stop(): Promise<void> {
    await this.#server.stop(GRACE_MS)
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #get<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const url = `${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`
    const response = await fetch(url, { signal: AbortSignal.timeout(QUERY_MS) })
    const text = await response.text()
    if (!response.ok) throw new Error(`Prometheus answered ${response.status} to ${path}: ${text.slice(0, 500)}`)
    return (JSON.parse(text) as { readonly data: T }).data
  }
}
