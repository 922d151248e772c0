import type { RulesetName } from '../../enrichment/enricher.ts'
import {
  ITEMS,
  LADDERS,
  type CveEvidence,
  type Evidence,
  type EvidenceVector,
  type Item,
} from '../../enrichment/evidence.ts'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { EventReader } from './event-reader.ts'

/** What an event says of its priority, so that it can be decided again. */
export interface PriorityInEvent {
  readonly band: string
  readonly score: number | undefined
  readonly ruleset: RulesetName
  readonly evidence: EvidenceVector
}

/** Undefined where the event holds no evidence, or evidence that this version cannot read. */
export function priorityInEvent({ event }: Pick<StoredFinding, 'event'>): PriorityInEvent | undefined {
  const { enrichments } = event
  const all: readonly unknown[] = Array.isArray(enrichments) ? enrichments : []
  const data = field(
    all.find((each) => field(each, 'type') === 'priority'),
    'data',
  )
  const evidence = vectorOf(field(data, 'evidence'))
  if (evidence === undefined) return undefined
  const at = new EventReader(data)
  const ruleset = {
    name: at.text('ruleset', 'name'),
    version: at.number('ruleset', 'version') ?? 0,
    hash: at.text('ruleset', 'hash'),
  }
  return { band: at.text('band'), score: at.number('score'), ruleset, evidence }
}

function vectorOf(value: unknown): EvidenceVector | undefined {
  if (!isRecord(value)) return undefined
  const items = ITEMS.filter((item) => value[item] !== undefined)
  if (!items.every((item) => isEvidence(item, value[item]))) return undefined
  const entries = items.map((item) => [item, value[item] as Evidence])
  const { cve } = value
  if (cve !== undefined && !isCve(cve)) return undefined
  return { ...(Object.fromEntries(entries) as EvidenceVector), ...(cve === undefined ? {} : { cve }) }
}

function isEvidence(item: Item, value: unknown): boolean {
  const [rung, certainty] = [field(value, 'value'), field(value, 'certainty')]
  return (
    (LADDERS[item] as readonly unknown[]).includes(rung) &&
    (certainty === 'certain' || certainty === 'possible') &&
    typeof field(value, 'source') === 'string'
  )
}

function isCve(value: unknown): value is CveEvidence {
  const impact = field(value, 'technicalImpact')
  return (
    typeof field(value, 'uid') === 'string' &&
    (['kev', 'publicExploit', 'automatable'] as const).every((key) => isAnswer(field(value, key))) &&
    (impact === undefined || impact === 'partial' || impact === 'total')
  )
}

function isAnswer(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean'
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
