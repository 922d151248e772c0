import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'

type Json = Record<string, unknown>

/** Random numbers that are the same for the same seed (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** A whole number from 0 to `below` - 1. */
  throw(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }

  of<T>(values: readonly T[]): T {
    return values[this.throw(values.length)]!
  }
}

const PIECES = [
  'a',
  'é',
  '漢',
  '\u{1F511}',
  '\ud83d',
  '\udd11',
  ' ',
  '\n',
  '\t',
  '\u0000',
  '\u202e',
  '"',
  '\\',
  '/',
  '<b>',
]
const WORDS = [
  'aws:cloudformation',
  'Effects/',
  'TTPs/Initial Access/x',
  'TTPs//x',
  'javascript:alert(1)',
  'https://example.com/a b',
  `https://example.com/${'x'.repeat(3000)}`,
  'arn:aws:s3:::example-bucket',
  '2025-11-25T12:00:00Z',
  'cn-north-1',
  'germanywestcentral',
  '   ',
  '',
  '__proto__',
]
const STATES = ['open', 'muted', 'resolved', 'gone'] as const
const KINDS = ['compliance', 'vulnerability', 'detection', 'data_security', 'application_security', 'iam_analysis', '?']

/** A finding as enrichment could make it, with much in every place, and then changed in up to `changes` places at random. */
export function randomFinding(dice: Dice, changes: number): PostureFinding {
  const key = `v1:${Array.from({ length: 32 }, () => dice.throw(16).toString(16)).join('')}`
  const state = dice.of(STATES)
  const finding = sampleFinding(key, 1 + dice.throw(1000), { state, title: text(dice, 400), message: text(dice, 2000) })
  const event = fullEvent(dice, structuredClone(finding.event) as Json)
  for (let count = dice.throw(changes + 1); count > 0; count -= 1) change(dice, event)
  return { ...finding, tenant: dice.throw(10) === 0 ? text(dice, 600) : 'acme', event, bytes: new Uint8Array() }
}

function fullEvent(dice: Dice, event: Json): Json {
  const seen = Date.UTC(2024, dice.throw(24), 1)
  return {
    ...event,
    class_uid: dice.of([2002, 2003, 2004, 2006, 2007, 9999]),
    severity_id: dice.of([0, 1, 2, 3, 4, 5, 6, 99]),
    vendor_attributes: { severity: text(dice, 100) },
    finding_info: {
      ...(event['finding_info'] as Json),
      uid: text(dice, 700),
      desc: text(dice, 3000),
      types: many(dice, 60, () => dice.of(WORDS)),
      src_url: dice.of(WORDS),
      created_time: seen,
      first_seen_time: seen,
      last_seen_time: seen + dice.throw(1e9),
    },
    compliance: {
      status_id: dice.throw(5),
      standards: many(dice, 40, () => text(dice, 80)),
      requirements: many(dice, 60, () => text(dice, 100)),
    },
    remediation: { desc: text(dice, 900), references: many(dice, 5, () => dice.of(WORDS)) },
    resources: many(dice, 60, () => resource(dice)),
    vulnerabilities: many(dice, dice.throw(4) === 0 ? 300 : 3, () => vulnerability(dice)),
    enrichments: [priority(dice, seen)],
    assignee_group: { name: text(dice, 1500) },
    unmapped: {
      kind: dice.of(KINDS),
      closed_by: 'absence',
      decision_reason: text(dice, 600),
      source: { confidence: 50 },
    },
  }
}

function priority(dice: Dice, seen: number): Json {
  return {
    type: 'priority',
    data: {
      score: dice.throw(101),
      reasons: many(dice, 30, () => dice.of([text(dice, 200), { id: 'cell', text: text(dice, 200) }])),
      due: seen + dice.throw(1e9),
      evidence: { exposure: { value: text(dice, 2000), certainty: dice.of(['certain', 'possible']) } },
    },
  }
}

function resource(dice: Dice): Json {
  return {
    uid: text(dice, 1000),
    name: text(dice, 600),
    type: text(dice, 300),
    region: dice.of(WORDS),
    cloud_partition: dice.of(['aws', 'aws-cn', 'azure', '']),
    group: { name: text(dice, 50) },
    owner: { name: text(dice, 50) },
    tags: many(dice, 70, () => ({ name: dice.of([text(dice, 150), dice.of(WORDS)]), value: text(dice, 300) })),
  }
}

function vulnerability(dice: Dice): Json {
  return {
    [dice.of(['cve', 'advisory'])]: {
      uid: text(dice, 40),
      cvss: many(dice, 3, () => ({
        version: text(dice, 5),
        base_score: dice.throw(11),
        vector_string: text(dice, 600),
      })),
      epss: { score: dice.of(['0.42', '1', 'much', text(dice, 5)]) },
    },
    is_exploit_available: dice.of([true, false, undefined]),
    references: many(dice, 8, () => dice.of(WORDS)),
    affected_packages: many(dice, 20, () => ({
      name: text(dice, 60),
      version: text(dice, 20),
      fixed_in_version: text(dice, 20),
    })),
  }
}

/** Puts something else in the place of anything, anywhere. */
function change(dice: Dice, root: Json): void {
  let parent: Json = root
  for (;;) {
    const name = dice.of(Object.keys(parent))
    const value = parent[name]
    const isInner = typeof value === 'object' && value !== null && Object.keys(value).length > 0
    if (isInner && dice.throw(4) > 0) {
      parent = value as Json
      continue
    }
    parent[name] = junk(dice)
    return
  }
}

function junk(dice: Dice): unknown {
  const junks = [null, undefined, [], {}, [null], { a: null }, true, -1, 1e300, Number.NaN, 0.5, 8.64e15 + 1]
  return dice.throw(2) === 0 ? dice.of(junks) : text(dice, 5000)
}

function many<T>(dice: Dice, most: number, make: () => T): T[] {
  return Array.from({ length: dice.throw(3) === 0 ? dice.throw(most) : dice.throw(3) }, make)
}

/** Mostly short texts, and sometimes ones of exactly or more than so many characters. */
function text(dice: Dice, limit: number): string {
  if (dice.throw(8) === 0) return dice.of(WORDS)
  const length = dice.throw(6) === 0 ? limit + dice.throw(3) - 1 : dice.throw(24)
  const piece = dice.of(PIECES)
  return `${dice.of(PIECES)}${piece.repeat(Math.ceil(length / piece.length))}${dice.of(PIECES)}`
}
