import type { EvidenceVector } from '../evidence.ts'
import type { Exposure, Hop, Route } from '../exposure.ts'
import { present, type Attributes } from './attributes.ts'
import { sentenceOf } from './exposure-words.ts'
import { enrichment } from './risk.ts'
import { cleanLine } from './sanitize.ts'

/** What an event repeats of a proof at the most: that one resource has a thousand ways in makes no larger event. */
const MOST = { routes: 5, hops: 16, ports: 32, closedBy: 16, inputs: 64, missing: 16 } as const
/** Of one text, in characters. */
const LONGEST = { text: 300, uid: 512 } as const

/**
 * The proof for programs: the value or `unknown`, the ways in with every hop, what closes the others, what is missing, and
 * by version what it rests on. Lists are bounded; `left_out` says how many more there were.
 */
export function exposureEnrichment(findingUid: string, proof: Exposure, known: EvidenceVector): Attributes {
  const { inputs, routes, closedBy, missing } = proof
  return enrichment(findingUid, 'exposure', {
    short_desc: cleanLine(sentenceOf(proof)),
    data: {
      ...shownOf(proof),
      ...present({
        source_claims: known.exposure?.overruled?.map(({ value, source, evidence }) =>
          present({ value, source, evidence }),
        ),
        inputs: inputs.slice(0, MOST.inputs).map(({ uid, version }) => ({ uid: uidOf(uid), version })),
        left_out: present({
          routes: over(routes, MOST.routes),
          closed_by: over(closedBy, MOST.closedBy),
          inputs: over(inputs, MOST.inputs),
          missing: over(missing, MOST.missing),
        }),
      }),
    },
  })
}

/**
 * Of a proof what its readers act upon, which is all that an event shows of it but when what it rests on was described: two
 * proofs that show the same are the same news.
 */
export function exposureMeaning(proof: Exposure): unknown {
  return shownOf(proof)
}

function shownOf({ value, certainty, anonymous, routes, closedBy, missing }: Exposure): Attributes {
  return {
    value: value ?? 'unknown',
    certainty,
    ...present({
      anonymous_access: anonymous,
      routes: routes.slice(0, MOST.routes).map(routeOf),
      closed_by: closedBy.slice(0, MOST.closedBy).map(hopOf),
      missing: missing.slice(0, MOST.missing).map(textOf),
    }),
  }
}

function over(list: readonly unknown[], most: number): number | undefined {
  return list.length > most ? list.length - most : undefined
}

function routeOf({ from, protocol, ports, hops, certainty }: Route): Attributes {
  return present({
    from: textOf(from),
    protocol: textOf(protocol),
    ports: ports.slice(0, MOST.ports).map(textOf),
    certainty,
    hops: hops.slice(0, MOST.hops).map(hopOf),
  })
}

function hopOf({ uid, text }: Hop): Attributes {
  return present({ uid: uidOf(uid), text: textOf(text) })
}

function textOf(text: string): string {
  return cleanLine(text, LONGEST.text)
}

function uidOf(uid: string): string {
  return cleanLine(uid, LONGEST.uid)
}
