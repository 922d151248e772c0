import type { WrittenEvent } from './scratch-pipeline.ts'

/** What an event says of one resource's exposure. */
export interface ExposureData {
  readonly value: string
  readonly certainty: string
  readonly anonymous_access?: string
  readonly routes?: readonly { readonly hops?: readonly { readonly uid: string; readonly text: string }[] }[]
  readonly closed_by?: readonly { readonly uid: string; readonly text: string }[]
  readonly missing?: readonly string[]
  readonly source_claims?: readonly { readonly value: string }[]
}

interface ReportedEvent extends WrittenEvent {
  readonly metadata: WrittenEvent['metadata'] & { readonly event_code: string }
  readonly priority: string
  readonly risk_details: string
  readonly resources: readonly { readonly uid: string }[]
  readonly enrichments: readonly { readonly type: string; readonly short_desc?: string; readonly data: ExposureData }[]
}

/** A resource with findings: how it can be reached, and the most urgent priority of what is wrong with it. */
export interface TableRow {
  readonly uid: string
  readonly priority: string
  /** Undefined where the inventory has no proof. */
  readonly exposure: ExposureData | undefined
  readonly sentence: string
  readonly findings: ReadonlyMap<string, ReportedEvent>
}

/** The last revision of every open finding, by resource and, in a resource, by control. */
export function accountTable(written: readonly WrittenEvent[]): ReadonlyMap<string, TableRow> {
  const latest = new Map<string, ReportedEvent>()
  for (const event of written as readonly ReportedEvent[]) {
    const held = latest.get(event.finding_info.uid_alt)
    if (held === undefined || held.metadata.sequence < event.metadata.sequence)
      latest.set(event.finding_info.uid_alt, event)
  }
  const byResource = Map.groupBy(
    [...latest.values()].filter(({ unmapped }) => unmapped.state === 'open'),
    ({ resources }) => resources[0]!.uid,
  )
  return new Map([...byResource].map(([uid, events]) => [uid, rowOf(uid, events)]))
}

function rowOf(uid: string, events: readonly ReportedEvent[]): TableRow {
  const proof = events[0]!.enrichments.find(({ type }) => type === 'exposure')
  return {
    uid,
    priority: events.map(({ priority }) => priority).toSorted((one, other) => urgency(other) - urgency(one))[0]!,
    exposure: proof?.data,
    sentence: proof?.short_desc ?? '',
    findings: new Map(events.map((event) => [event.metadata.event_code, event])),
  }
}

/** As text: resource, exposure, priority before and after, and why. */
export function printed(after: ReadonlyMap<string, TableRow>, before: ReadonlyMap<string, TableRow>): string {
  const rows = [...after.values()].toSorted((one, other) => (one.uid < other.uid ? -1 : 1))
  const lines = rows.map(({ uid, exposure, priority, sentence }) => {
    const value = exposure === undefined ? '-' : `${exposure.value}${exposure.certainty === 'possible' ? '?' : ''}`
    const was = before.get(uid)?.priority ?? '-'
    const name = uid.replace(/^arn:aws:/, '').replace(/:us-east-1:123456789012:|::123456789012:/, ' ')
    return `${name.padEnd(46)} ${value.padEnd(20)} ${was.padEnd(8)} -> ${priority.padEnd(8)}  ${sentence}`
  })
  return lines.join('\n')
}

/** The findings whose priority is another than before, with the hop that decided. */
export function moved(after: ReadonlyMap<string, TableRow>, before: ReadonlyMap<string, TableRow>): readonly string[] {
  return [...after.values()].flatMap(({ uid, findings, exposure }) =>
    [...findings].flatMap(([control, { priority }]) => {
      const was = before.get(uid)?.findings.get(control)?.priority ?? priority
      if (was === priority) return []
      const hops =
        exposure?.value === 'none' || exposure?.value === 'internal'
          ? exposure.closed_by
          : exposure?.routes?.[0]?.hops?.toReversed()
      const word = urgency(priority) < urgency(was) ? 'fell' : 'rose'
      return [`${word} ${was} -> ${priority}: ${uid} ${control}: ${hops?.[0]?.text ?? exposure?.missing?.[0] ?? ''}`]
    }),
  )
}

/** How urgent a priority is, as OCSF captions it. */
export function urgency(priority: string): number {
  return ['Low', 'Medium', 'High', 'Critical'].indexOf(priority)
}
