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
  const priority = new EventReader(event).enrichment('priority')
  const evidence = vectorOf(priority?.value('data', 'evidence'))
  if (priority === undefined || evidence === undefined) return undefined
  const ruleset = {
    name: priority.text('data', 'ruleset', 'name'),
    version: priority.number('data', 'ruleset', 'version') ?? 0,
    hash: priority.text('data', 'ruleset', 'hash'),
  }
  return { band: priority.text('data', 'band'), score: priority.number('data', 'score'), ruleset, evidence }
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
  if (!isRecord(value)) return false
  const { value: rung, certainty, source } = value
  return (
    (LADDERS[item] as readonly unknown[]).includes(rung) &&
    (certainty === 'certain' || certainty === 'possible') &&
    typeof source === 'string'
  )
}

function isCve(value: unknown): value is CveEvidence {
  if (!isRecord(value)) return false
  const { uid, technicalImpact: impact } = value
  return (
    typeof uid === 'string' &&
    (['kev', 'publicExploit', 'automatable'] as const).every((key) => isAnswer(value[key])) &&
    (impact === undefined || impact === 'partial' || impact === 'total')
  )
}

function isAnswer(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
