import { TraceFlags, type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api'
import {
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace'

/** Goes by the parent; a new trace is sampled in this share of cases, and always when it is linked to one that is. */
export function samplerOf(ratio: number): Sampler {
  return new ParentBasedSampler({ root: new LinkedOrRatio(ratio) })
}

class LinkedOrRatio implements Sampler {
  readonly #ratio: TraceIdRatioBasedSampler

  constructor(ratio: number) {
    this.#ratio = new TraceIdRatioBasedSampler(ratio)
  }

  shouldSample(
    context: Context,
    traceId: string,
    _name: string,
    _kind: SpanKind,
    _attributes: Attributes,
    links: readonly Link[],
  ): SamplingResult {
    const isLinked = links.some((link) => (link.context.traceFlags & TraceFlags.SAMPLED) !== 0)
    return isLinked ? { decision: SamplingDecision.RECORD_AND_SAMPLED } : this.#ratio.shouldSample(context, traceId)
  }

  toString(): string {
    return `LinkedOr${this.#ratio.toString()}`
  }
}
