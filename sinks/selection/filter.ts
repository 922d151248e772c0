import { Type, type Static, type TSchema } from 'typebox'
import { matcherOf } from '../../core/glob.ts'
import { OCSF_CLASSES } from '../../schemas/ocsf/validator.ts'
import { BANDS, type FindingStatus } from '../../schemas/records.ts'
import type { PostureFinding } from '../sink.ts'

const CLASS_NAMES: readonly (string | number)[] = [...OCSF_CLASSES].flat()
const list = <Item extends TSchema>(items: Item, description: string, example: readonly unknown[]) =>
  Type.Optional(Type.Array(items, { minItems: 1, description, examples: [example] }))
const pattern = Type.String({ minLength: 1 })

/** The `filter` part of every sink's configuration. */
export const sinkFilter = Type.Object(
  {
    priority: list(Type.Enum(BANDS), 'Only these priorities', ['P1', 'P2']),
    state: list(Type.Enum(['open', 'muted', 'resolved', 'gone']), 'Only these states', ['open', 'muted']),
    severity: list(
      Type.Enum(['Critical', 'High', 'Medium', 'Low', 'Informational', 'Unknown']),
      'Only these severities, which are the source’s',
      ['Critical', 'High'],
    ),
    account: list(pattern, 'Only these accounts, subscriptions or projects; * and ? stand for any text', [
      '123456789012',
      'sandbox-*',
    ]),
    region: list(pattern, 'Only these regions; * and ? stand for any text', ['eu-*']),
    resourceType: list(pattern, 'Only resources of these types; * and ? stand for any text', ['AwsS3*']),
    class: list(Type.Enum([...CLASS_NAMES]), 'Only these OCSF classes, by class_uid or name', [
      'vulnerability_finding',
      2003,
    ]),
    control: list(pattern, 'Only these controls, as the source calls them; * and ? stand for any text', [
      'S3.*',
      'iam_*',
    ]),
  },
  {
    additionalProperties: false,
    description:
      'Which findings are delivered: those that fit every list that is given. One that was delivered once is delivered until it is closed, whether it still fits or not',
  },
)

type Lists = Static<typeof sinkFilter>
export type SinkFilter = { readonly [Name in keyof Lists]: Readonly<Lists[Name]> }

/** Reads the words of a finding that one list of the filter is about. */
type Reader = (finding: PostureFinding) => readonly unknown[]

const READERS: Readonly<Record<keyof SinkFilter, Reader>> = {
  priority: ({ priority }) => [priority],
  state: ({ state }) => [state],
  severity: ({ event }) => [event['severity']],
  // What lies in no cloud account has its place in unmapped.
  account: ({ event }) => [at(event, 'cloud', 'account', 'uid') ?? at(event, 'unmapped', 'account')],
  region: ({ event }) => [
    at(event, 'cloud', 'region'),
    at(event, 'unmapped', 'region'),
    ...resourcesOf(event).map((resource) => at(resource, 'region')),
  ],
  resourceType: ({ event }) => resourcesOf(event).map((resource) => at(resource, 'type')),
  class: ({ event }) => [event['class_uid'], OCSF_CLASSES.get(event['class_uid'] as number)],
  control: ({ event }) => [at(event, 'metadata', 'event_code') ?? at(event, 'compliance', 'control')],
}
const WITH_PATTERNS: ReadonlySet<string> = new Set(['account', 'region', 'resourceType', 'control'])

/** Decides which findings a sink is to get. */
export class Filter {
  readonly #rules: ReadonlyMap<keyof SinkFilter, (finding: PostureFinding) => boolean>
  readonly #states: readonly FindingStatus[] | undefined

  constructor(filter: SinkFilter) {
    const rules = (Object.keys(READERS) as (keyof SinkFilter)[]).flatMap((name) => {
      const wanted: readonly (string | number)[] | undefined = filter[name]
      if (wanted === undefined) return []
      const fits = WITH_PATTERNS.has(name)
        ? wordMatcher(wanted.map(String))
        : (word: unknown) => wanted.includes(word as never)
      return [[name, (finding: PostureFinding) => READERS[name](finding).some(fits)] as const]
    })
    this.#rules = new Map(rules)
    this.#states = filter.state
  }

  fits(finding: PostureFinding): boolean {
    return [...this.#rules.values()].every((rule) => rule(finding))
  }

  /** Whether it would fit, were it in a state that is asked for. */
  fitsButForState(finding: PostureFinding): boolean {
    return [...this.#rules].every(([name, rule]) => name === 'state' || rule(finding))
  }

  /** Whether a finding that was delivered in this state is to be told of further, even if it does not fit any more. */
  keepsTelling(state: FindingStatus): boolean {
    if (state !== 'resolved' && state !== 'gone') return true
    // Where closed findings are asked for and open ones are not, one that opens again must be told.
    return this.#states?.includes(state) === true && !this.#states.includes('open')
  }
}

function wordMatcher(patterns: readonly string[]): (word: unknown) => boolean {
  const matches = matcherOf(patterns)
  return (word) => typeof word === 'string' && matches(word)
}

function resourcesOf(event: PostureFinding['event']): readonly unknown[] {
  const { resources } = event
  return Array.isArray(resources) ? resources : []
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined),
    value,
  )
}
