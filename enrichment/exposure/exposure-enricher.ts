import type { ContextGraph } from '../context-graph.ts'
import type { Enricher, FindingContext } from '../enricher.ts'
import type { Evidence } from '../evidence.ts'
import type { Exposure, Route } from '../exposure.ts'
import { exposureOf } from './exposure-of.ts'
import { phrasesOf } from './phrases.ts'

const SOURCE = 'inventory'

/**
 * Adds who can reach a finding's resource, proved from the inventory, and what may be done to its data without signing in.
 * What the inventory cannot tell stays as the source states it; its proof then says what is missing.
 */
export function exposure(): Enricher {
  return {
    name: 'exposure',
    version: 1,
    // The graph itself marks the findings that a change of an asset can reach.
    consumes: [],
    apply: () => [],
    // A resource has many findings, and one exposure.
    enrich: ({ tenant, resources: [{ uid }] }, { graph }) =>
      graph.remember(`exposure/${tenant}/${uid}`, () => contextOf(graph, tenant, uid)),
  }
}

function contextOf(graph: ContextGraph, tenant: string, uid: string): FindingContext {
  const found = exposureOf(graph, tenant, uid)
  if (found === undefined) return {}
  const proof = { ...found, routes: distinct(found.routes) }
  return { ...evidenceOf(proof), exposureProof: proof }
}

function evidenceOf(proof: Exposure): Pick<FindingContext, 'exposure' | 'anonymousAccess'> {
  const { value, certainty, anonymous = 'unknown' } = proof
  const observedAt = oldest(proof)
  const grounds = { source: SOURCE, ...(observedAt === undefined ? {} : { observedAt }), evidence: phrasesOf(proof) }
  const exposed: Evidence<'exposure'> | undefined = value && { value, certainty, ...grounds }
  if (anonymous === 'unknown') return exposed === undefined ? {} : { exposure: exposed }
  const access: Evidence<'anonymousAccess'> = { value: anonymous, certainty: 'certain', ...grounds }
  return { ...(exposed && { exposure: exposed }), anonymousAccess: access }
}

/** Requests of several kinds may come by one way. */
function distinct(routes: readonly Route[]): readonly Route[] {
  return [...new Map(routes.map((route) => [JSON.stringify(route), route])).values()]
}

/** A proof is as old as the oldest thing that it rests on. */
function oldest({ inputs: [first, ...others] }: Exposure): number | undefined {
  return first && others.reduce((least, { version }) => Math.min(least, version), first.version)
}
