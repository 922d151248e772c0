import * as fc from 'fast-check'
import { toOcsf } from '../../../enrichment/ocsf/ocsf.ts'
import type { FindingState } from '../../../schemas/generated/state.ts'
import { anyContext, anyEmission, anyState } from '../../oracle/any-finding.ts'

export interface Finding {
  readonly id: string
  readonly revision: number
  readonly event: object
}

const KEYS = 50
/** 100 KB: three times what one term may have. */
const HUGE = 'ü'.repeat(50_000)

/**
 * Real events of findings whose sources put everything that a mapping stumbles over into the free-form parts: keys that
 * no other finding has, one key as a text, a number, an object and a list, keys with dots, empty ones, and 100 KB.
 */
export function awkwardFindings(count: number): Finding[] {
  const bases = fc.sample(fc.tuple(anyState, anyContext, anyEmission), { seed: 20_251_125, numRuns: 100 })
  return Array.from({ length: count }, (_, at) => {
    const [state, context, emission] = bases[at % bases.length]!
    const [subject, ...others] = state.resources
    const resources: FindingState['resources'] = [{ ...subject, data: freeForm(at) }, ...others]
    const finding = { ...state, key: `v1:${at}`, resources, unmapped: freeForm(at + 1) }
    const event = toOcsf(finding, context, emission)
    return { id: `finding-${at}`, revision: emission.revision, event: at % 500 === 0 ? withHugeLeaf(event) : event }
  })
}

/** Enrichment cuts long texts: what it would let through if it did not. */
function withHugeLeaf(event: Record<string, unknown>): object {
  return { ...event, unmapped: { ...(event['unmapped'] as object), source: { huge: HUGE } } }
}

function freeForm(at: number): Record<string, unknown> {
  const own = Array.from({ length: KEYS }, (_, key) => [`key-${at}-${key}`, `value ${at}`] as const)
  return {
    ...Object.fromEntries(own),
    port: [443, 'https', { name: 'https', number: 443 }, [443, 'https', {}], null, true, 1e300, '2026-11-25'][at % 8],
    'a.b': at,
    a: at % 2 === 0 ? { b: 'x' } : 'x',
    '': 'no name',
    '.': '.',
    _id: 'not the id',
    huge: at % 500 === 0 ? HUGE : 'small',
  }
}
