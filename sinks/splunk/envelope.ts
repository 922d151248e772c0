import type { PostureFinding } from '../sink.ts'
import type { SplunkConfig } from './config.ts'

/** What of the configuration stands in every event. */
export type Labels = Pick<SplunkConfig, 'index' | 'source' | 'sourcetypePrefix'>

const END = Buffer.from('}\n')
/** Splunk takes a host or a source of up to 8 KB or so; ours are account numbers and names. */
const HOST_LIMIT = 500

/**
 * The finding as one JSON object of HEC, with a line break after it. The OCSF event stands in it as it was written, byte
 * for byte; `bytes` is the event where it is not the finding's own.
 */
export function envelopeOf(finding: PostureFinding, labels: Labels, bytes: Uint8Array = finding.bytes): Buffer {
  const about = JSON.stringify({
    host: hostOf(finding.event),
    source: labels.source,
    sourcetype: sourcetypeOf(finding.event, labels.sourcetypePrefix),
    index: labels.index,
    fields: fieldsOf(finding),
  })
  const time = timeOf(finding.event)
  const start = `{${time === undefined ? '' : `"time":${time},`}${about.slice(1, -1)},"event":`
  return Buffer.concat([Buffer.from(start), bytes, END])
}

/** Fields that Splunk indexes beside the event, so that searches by them need not read it. Flat texts, or code 15. */
function fieldsOf({ key, revision, state, priority, cause, tenant }: PostureFinding): Record<string, string> {
  return { finding_key: key, revision: String(revision), state, priority, cause, tenant }
}

/** Seconds since the epoch with milliseconds, never with an exponent (code 15); left out, Splunk takes the time of arrival. */
function timeOf({ time }: PostureFinding['event']): string | undefined {
  return typeof time === 'number' && time >= 0 && time < 1e15 ? (time / 1000).toFixed(3) : undefined
}

/** Where it was found: the account; where there is none, what stands in its place, or the product that reported it. */
function hostOf({ cloud, unmapped, metadata }: PostureFinding['event']): string {
  const { account } = fields(cloud)
  const { product } = fields(metadata)
  const candidates = [fields(account)['uid'], fields(unmapped)['account'], fields(product)['name']]
  const host = candidates.find((each): each is string => typeof each === 'string' && each.trim() !== '')
  return (host ?? 'posture-stream').slice(0, HOST_LIMIT)
}

function sourcetypeOf({ class_name: name }: PostureFinding['event'], prefix: string): string {
  const words = typeof name === 'string' ? (name.toLowerCase().match(/[a-z0-9]+/g) ?? []) : []
  return prefix + (words.join('_') || 'finding')
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
