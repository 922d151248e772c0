import * as fc from 'fast-check'
import { toOcsf } from '../../enrichment/ocsf/ocsf.ts'
import type { Cause, PriorityBand } from '../../schemas/records.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { envelopeOf } from '../../sinks/splunk/envelope.ts'
import { configSchema } from '../../sinks/splunk/config.ts'
import { anyContext, anyEmission, anyState } from '../../test/oracle/any-finding.ts'

const COUNT = 600
const SEED = 20_261_125

/** What the sink sends for one finding. */
export interface Envelope {
  readonly host: string
  readonly source: string
  readonly sourcetype: string
  readonly fields: Readonly<Record<string, string>>
  readonly event: Readonly<Record<string, unknown>>
}

/** The settings of a sink that says nothing else. */
const { sourcetypePrefix } = defaults()
export const { source, maxEventBytes } = defaults()

/** Envelopes of the sink around events of the mapper, of every class and with every attribute; the same in every run. */
export function sampleEnvelopes(): Envelope[] {
  const findings = fc.record({ state: anyState, context: anyContext, emission: anyEmission })
  return fc.sample(findings, { numRuns: COUNT, seed: SEED }).map(({ state, context, emission }) => {
    const event = toOcsf(state, context, emission)
    const finding: PostureFinding = {
      key: state.key,
      tenant: state.tenant,
      revision: emission.revision,
      state: emission.status,
      priority: (context.priority?.band ?? 'P3') satisfies PriorityBand,
      cause: emission.cause satisfies Cause,
      event,
      bytes: Buffer.from(JSON.stringify(event)),
    }
    return JSON.parse(envelopeOf(finding, { source, sourcetypePrefix }).toString()) as Envelope
  })
}

/** The names under which Splunk extracts a JSON value: `a.b`, and `a{}.b` for what is in a list. */
export function fieldNames(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldNames(each, `${prefix}{}`))
  if (typeof value !== 'object' || value === null) return [prefix]
  return Object.entries(value).flatMap(([key, each]) => fieldNames(each, prefix === '' ? key : `${prefix}.${key}`))
}

function defaults(): { source: string; sourcetypePrefix: string; maxEventBytes: number } {
  const { source: from, sourcetypePrefix: prefix, maxEventBytes: most } = configSchema.properties
  const defaultOf = (schema: object): unknown => (schema as { readonly default?: unknown }).default
  return {
    source: String(defaultOf(from)),
    sourcetypePrefix: String(defaultOf(prefix)),
    maxEventBytes: Number(defaultOf(most)),
  }
}
