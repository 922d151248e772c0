import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Context } from '../../core/component.ts'
import type {
  FindingObserved,
  PostureEvent,
  ScanCompleted,
  ScanStarted,
} from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { CollectedBatch } from '../collector.ts'
import { scannerReport } from './scanner-report.ts'

const NOW = Date.UTC(2026, 10, 26)
/** When the sample records were stated, in seconds. */
export const SECONDS = 1795614283
export const ACCOUNT = '111122223333'
const schemas = new SchemaRegistry()

export interface Settings {
  paths?: string[]
  format?: 'auto' | 'ocsf' | 'prowler-ocsf' | 'asff'
  scope?: object
  zone?: string
  account?: string
  settle?: string
}

/** How a sweep goes. */
export interface Sweeping {
  readonly clock?: () => number
  readonly isLast?: boolean
  readonly signal?: AbortSignal
  /** Called with every batch before the next is asked for. */
  readonly onBatch?: (batch: CollectedBatch) => void
}

/** What a sweep gave. */
class Collected {
  readonly batches: CollectedBatch[] = []
  readonly #directory: string
  error: unknown

  constructor(directory: string) {
    this.#directory = directory
  }

  get events(): PostureEvent[] {
    return this.batches.flatMap(({ events }) => events)
  }
  get started(): ScanStarted[] {
    return this.events.filter((event) => event.type === 'scan.started')
  }
  get completed(): ScanCompleted[] {
    return this.events.filter((event) => event.type === 'scan.completed')
  }
  get findings(): FindingObserved[] {
    return this.events.filter((event) => event.type === 'finding.observed')
  }
  get controls(): string[] {
    return this.findings.map(({ identity }) => identity.control)
  }
  get unreadable(): string[] {
    return this.batches.flatMap(({ unreadable = [] }) =>
      unreadable.map(({ origin, error, bytes }) => {
        const { code } = error as Error & { code?: string }
        return `${origin.replace(this.#directory, '')} ${code} ${Buffer.from(bytes).toString().slice(0, 60)}`
      }),
    )
  }
  get position(): unknown {
    return this.batches.findLast((batch) => batch.position !== undefined)?.position
  }
  get read(): number {
    return this.batches.reduce((sum, batch) => sum + batch.read, 0)
  }
}

/** A record of Prowler's in OCSF. */
export function record(check: string, changes: object = {}): object {
  return {
    metadata: { event_code: check, product: { name: 'Prowler', uid: 'prowler' } },
    severity_id: 4,
    status_id: 1,
    status_code: 'FAIL',
    finding_info: { uid: `prowler-${check}`, title: check },
    resources: [{ uid: `arn:aws:s3:::${check}`, region: 'eu-west-1' }],
    cloud: { provider: 'aws', account: { uid: ACCOUNT } },
    unmapped: { scan_id: 'scan-1' },
    time: SECONDS,
    ...changes,
  }
}

/** The same in ASFF. */
export function asff(check: string, changes: object = {}): object {
  return {
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/prowler/prowler',
    GeneratorId: `prowler-${check}`,
    AwsAccountId: ACCOUNT,
    UpdatedAt: '2026-11-25T13:44:43Z',
    Title: check,
    Severity: { Label: 'HIGH' },
    Resources: [{ Id: `arn:aws:s3:::${check}`, Region: 'eu-west-1' }],
    Compliance: { Status: 'FAILED' },
    ...changes,
  }
}

/** A finding of another product in OCSF. */
export function ocsf(check: string, changes: object = {}): object {
  return {
    class_uid: 2003,
    metadata: { version: '1.6.0', product: { name: 'Cloud Watcher' } },
    severity_id: 4,
    finding_info: { uid: `scan-1-${check}`, title: check, analytic: { uid: check } },
    compliance: { status_id: 3 },
    resources: [{ uid: `arn:aws:s3:::${check}`, region: 'eu-west-1' }],
    cloud: { provider: 'aws', account: { uid: ACCOUNT } },
    time: SECONDS * 1000,
    ...changes,
  }
}

/** Does something as a user who may not read everything. */
export async function withoutPrivilege<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

/** What a collector is looked at by while it reads. */
function lookingOn(clock: () => number) {
  const logged: string[] = []
  const repairs: Record<string, number> = {}
  const log = (_fields: object, message: string): void => void logged.push(message)
  const context: Context = {
    name: 'nightly',
    tenant: 'acme',
    clock,
    log: { debug: log, info: log, warn: log, error: log },
    metrics: {
      count: (_name, by, labels) => {
        const { repair } = labels as { repair?: string }
        if (repair !== undefined) repairs[repair] = (repairs[repair] ?? 0) + by
      },
      gauge: () => {},
      observe: () => {},
    },
  }
  return { context, logged, repairs }
}

/** A directory of reports for each test of a file, and collectors that read it. */
class ScratchReports {
  directory = ''

  readonly bench = (settings: Settings = {}, clock = (): number => NOW) => {
    const { context, logged, repairs } = lookingOn(clock)
    const base = { paths: [this.directory], format: 'auto' as const, zone: 'UTC', settle: '0s' }
    return { collector: scannerReport.create({ ...base, ...settings }, context), logged, repairs }
  }

  /** One sweep of a new collector. */
  readonly collect = async (settings: Settings = {}, position?: unknown, around: Sweeping = {}) =>
    this.sweep(this.bench(settings, around.clock), position, around)

  readonly sweep = async (
    { collector, logged, repairs }: ReturnType<ScratchReports['bench']>,
    position?: unknown,
    { isLast = true, signal = new AbortController().signal, onBatch }: Sweeping = {},
  ) => {
    const collected = new Collected(this.directory)
    try {
      for await (const batch of (await collector).collect(position, signal, { isLast })) {
        collected.batches.push(batch)
        onBatch?.(batch)
      }
    } catch (error) {
      collected.error = error
    }
    for (const event of collected.events) schemas.check('posture-event', event)
    return Object.assign(collected, { logged, repairs })
  }

  readonly write = (name: string, content: unknown): string => {
    const path = join(this.directory, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
    return path
  }
}

/** The same, made before each test and removed behind it. */
export function scratchReports(): ScratchReports {
  const reports = new ScratchReports()
  beforeEach(() => {
    reports.directory = mkdtempSync(join(tmpdir(), 'scanner-report-'))
  })
  afterEach(() => rmSync(reports.directory, { recursive: true, force: true }))
  return reports
}
