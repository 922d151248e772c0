import * as fc from 'fast-check'
import type {
  Counterfactual,
  CvePriority,
  FindingContext,
  Owner,
  Priority,
  Reason,
  WouldChange,
} from '../../enrichment/enricher.ts'
import {
  ITEMS,
  LADDERS,
  type CveEvidence,
  type Evidence,
  type EvidenceVector,
  type Item,
  type Overruled,
} from '../../enrichment/evidence.ts'
import type { Exposure, Hop, Route } from '../../enrichment/exposure.ts'
import type { PriorityBand } from '../../schemas/records.ts'
import { fraction, hash, record, text, texts, whenever, word, standards } from './any-values.ts'

const band = fc.constantFrom<PriorityBand[]>('P1', 'P2', 'P3', 'P4')
const item = fc.constantFrom(...ITEMS)

function evidence<I extends Item>(of: I): fc.Arbitrary<Evidence<I>> {
  return record<Evidence<I>>(
    {
      value: fc.constantFrom(...(LADDERS[of] as readonly Evidence<I>['value'][])),
      certainty: fc.constantFrom('certain' as const, 'possible' as const),
      source: fc.oneof(word, fc.constantFrom('Prowler', 'tag Environment=prod')),
      observedAt: whenever,
      evidence: texts,
      overruled: fc.array(
        record<Overruled<I>>(
          {
            value: fc.constantFrom(...(LADDERS[of] as readonly Evidence<I>['value'][])),
            source: word,
            evidence: texts,
          },
          ['value', 'source'],
        ),
        { maxLength: 2 },
      ),
    },
    ['value', 'certainty', 'source'],
  )
}

const cve = record<CveEvidence>(
  {
    uid: fc.oneof(word, fc.constantFrom('CVE-2024-3094', 'CVE-2024-0001')),
    kev: fc.boolean(),
    kevAddedAt: whenever,
    epss: fraction,
    epssPercentile: fraction,
    publicExploit: fc.boolean(),
    automatable: fc.boolean(),
    technicalImpact: fc.constantFrom('partial' as const, 'total' as const),
  },
  ['uid'],
)

const vector = record<EvidenceVector>(
  {
    exposure: evidence('exposure'),
    exploitability: evidence('exploitability'),
    identity: evidence('identity'),
    data: evidence('data'),
    path: evidence('path'),
    asset: evidence('asset'),
    severity: evidence('severity'),
    anonymousAccess: evidence('anonymousAccess'),
    liveSecret: evidence('liveSecret'),
    cve,
  },
  [],
)

const cvePriority = record<CvePriority>(
  {
    uid: word,
    ssvc: fc.subarray(['track', 'track*', 'attend', 'act'], { minLength: 1 }),
    bod: fc.subarray(['on the next upgrade', '60 days', '14 days', '3 days'], { minLength: 1 }),
    bodDays: fc.constantFrom(3, 14, 60),
    unknown: fc.subarray(['kev', 'automatable', 'technicalImpact']),
  },
  ['uid', 'ssvc', 'bod', 'unknown'],
)

const priority = record<Priority>(
  {
    band,
    score: fc.double({ min: 0, max: 100, noNaN: true }),
    state: fc.constantFrom('evaluated' as const, 'partly_evaluated' as const, 'not_evaluated' as const),
    range: fc.tuple(band, band),
    reasons: fc.array(fc.record<Reason>({ id: word, text: word, items: fc.subarray([...ITEMS]) }), {
      minLength: 1,
      maxLength: 3,
    }),
    counterfactuals: fc.array(fc.record<Counterfactual>({ item, from: word, to: word, band, text: word }), {
      maxLength: 3,
    }),
    wouldChangeIf: fc.array(
      fc.record<WouldChange>({
        item: fc.oneof(item, fc.constantFrom('kev' as const, 'automatable' as const, 'technicalImpact' as const)),
        best: band,
        worst: band,
        text: word,
      }),
      { maxLength: 3 },
    ),
    dueDays: fc.integer({ min: 0, max: 3650 }),
    cve: cvePriority,
    evidence: vector,
    ruleset: fc.record({ name: word, version: fc.nat(), hash }),
    inputHash: hash,
  },
  [
    'band',
    'score',
    'state',
    'range',
    'reasons',
    'counterfactuals',
    'wouldChangeIf',
    'dueDays',
    'evidence',
    'ruleset',
    'inputHash',
  ],
)

const certainty = fc.constantFrom('certain' as const, 'possible' as const)
const hop = fc.record<Hop>({ uid: word, text })
const route = fc.record<Route>({
  from: fc.oneof(word, fc.constant('internet')),
  protocol: fc.constantFrom('tcp', 'udp', 'all'),
  ports: fc.oneof(texts, fc.constant(['22', '8000-8080'])),
  // More than any event is to hold.
  hops: fc.array(hop, { maxLength: 30 }),
  certainty,
})
const provedBy = record<Omit<Exposure, 'value'>>(
  {
    certainty,
    routes: fc.array(route, { maxLength: 8 }),
    closedBy: fc.array(hop, { maxLength: 20 }),
    anonymous: fc.constantFrom('no' as const, 'read' as const, 'write' as const, 'unknown' as const),
    inputs: fc.array(fc.record({ uid: word, version: whenever }), { maxLength: 80 }),
    missing: fc.array(text, { maxLength: 30 }),
  },
  ['certainty', 'routes', 'closedBy', 'inputs', 'missing'],
)
const exposureProof = fc
  .tuple(fc.constantFrom(undefined, ...LADDERS.exposure), provedBy)
  .map(([value, rest]): Exposure => ({ value, ...rest }))

/** Anything that the enrichers could find out, with the worst text that could have come into it. */
export const anyContext: fc.Arbitrary<FindingContext> = record<FindingContext>(
  {
    standards,
    correlation: hash,
    exposure: evidence('exposure'),
    exposureProof,
    anonymousAccess: evidence('anonymousAccess'),
    identity: evidence('identity'),
    data: evidence('data'),
    path: evidence('path'),
    asset: evidence('asset'),
    owner: fc.record<Owner>({ name: text, source: text }),
    priority,
  },
  [],
)
