import { Command, Option } from 'commander'
import { PermanentError } from '../../core/errors.ts'
import type { Priority } from '../../enrichment/enricher.ts'
import type { EvidenceVector } from '../../enrichment/evidence.ts'
import { derivation, type Step } from '../../enrichment/priority/derivation.ts'
import { COORDINATES } from '../../enrichment/priority/point.ts'
import { prioritise } from '../../enrichment/priority/prioritise.ts'
import type { Ruleset } from '../../enrichment/priority/ruleset.ts'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { exposureLines } from '../format/exposure-in-event.ts'
import { explainPage, whatIfPage } from '../format/explain-page.ts'
import { viewOf } from '../format/finding-view.ts'
import { Paint } from '../format/paint.ts'
import { priorityInEvent, type PriorityInEvent } from '../format/priority-in-event.ts'
import { localSink } from '../local-sink.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { addChange, changesInWords, withChanges, type Change } from './explain-changes.ts'
import { oneFinding, sinkOption } from './one-finding.ts'
import { configOption } from './options.ts'
import { rulesetIn } from './priority-rulesets.ts'

interface ExplainOptions {
  readonly config: string
  readonly sink?: string
  readonly if?: readonly Change[]
  readonly json?: boolean
}

export function explainCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('explain')
    .summary('how the priority of a finding comes about, and what would change it')
    .description(
      'Decides the priority of a finding again from the evidence that its event holds, by the tables in force, and shows every step. With --if it says what would be if something were otherwise.',
    )
    .argument('<key>', "the finding's key, or the beginning of it")
    .addOption(configOption())
    .addOption(sinkOption())
    .addOption(
      new Option('--if <item=rung>', 'what would be if this were so; may stand several times').argParser(addChange),
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (key: string, options: ExplainOptions) => finish(await explain(key, options, context)))
}

const HELP = `
Items: ${COORDINATES.join(', ')}.
Their rungs: posture-stream priority table. Any item may be unknown.

Examples:
    $ posture-stream explain 3f9a1c02 --config posture.yaml
    $ posture-stream explain 3f9a1c02 --config posture.yaml --if exposure=none --if data=restricted
    $ posture-stream explain 3f9a1c02 --config posture.yaml --if exposure=unknown
    $ posture-stream explain 3f9a1c02 --config posture.yaml --json | jq .evidence

Ends with 1 where the event's own ruleset is in force and makes another priority of its evidence: then the event was
altered after it was written.`

/** A priority with all its steps. */
interface Decided {
  readonly priority: Priority
  readonly steps: readonly Step[]
}

async function explain(key: string, options: ExplainOptions, context: CommandContext): Promise<ExitCode> {
  const config = await context.load(options.config)
  const ruleset = rulesetIn(config)
  using from = await context.openFindings(localSink(config, options.sink))
  const finding = oneFinding(from, key)
  const said = saidBy(finding)
  const now = decided(said.evidence, ruleset)
  const { if: changes = [] } = options
  const other = changes.length === 0 ? undefined : decided(withChanges(said.evidence, changes), ruleset)
  const altered = isAltered(said, now.priority)
  const notes = [...(altered ? [alteredNote(said, now.priority)] : []), ...rulesetNote(said, now.priority)]
  const page = {
    title: viewOf(finding).title,
    key: `${finding.key}, revision ${finding.revision}`,
    ...now,
    notes: [...notes, ...(other === undefined ? [] : kevNote(changes, other.priority.evidence))],
  }
  const { terminal } = context
  const layout = { columns: terminal.columns, paint: new Paint(terminal.colour) }
  if (options.json === true) terminal.out(JSON.stringify(plain(finding, said, now, changes, other), undefined, 2))
  else if (other === undefined)
    terminal.out(explainPage({ ...page, steps: [...page.steps, ...proofSteps(finding)] }, layout))
  else {
    const assumption = changesInWords(changes)
    terminal.out(whatIfPage({ ...page, assumption, other: other.priority, otherSteps: other.steps }, layout))
  }
  return altered ? 1 : 0
}

function saidBy(finding: StoredFinding): PriorityInEvent {
  const said = priorityInEvent(finding)
  if (said === undefined)
    throw new PermanentError(
      'EVIDENCE_MISSING',
      `the event of ${finding.key} holds no evidence that this version can read: another version wrote it; \`posture-stream run\` emits it again when its meaning changes or its refresh is due`,
    )
  return said
}

function decided(evidence: EvidenceVector, ruleset: Ruleset): Decided {
  return { priority: prioritise(evidence, ruleset), steps: derivation(evidence, ruleset) }
}

/** What the exposure among the evidence rests on; the priority is decided again, the proof is shown as it was written. */
function proofSteps(finding: StoredFinding): readonly Step[] {
  return exposureLines(finding).map((text) => ({ title: 'Exposure proof', text }))
}

function isSameRuleset(said: Pick<PriorityInEvent, 'ruleset'>, now: Priority): boolean {
  return said.ruleset.hash === now.ruleset.hash
}

/** Equal evidence under one ruleset has one priority. */
function isAltered(said: Omit<PriorityInEvent, 'evidence'>, now: Priority): boolean {
  return isSameRuleset(said, now) && (said.band !== now.band || said.score !== now.score)
}

function alteredNote(said: PriorityInEvent, { band, score }: Priority): string {
  return `The event says ${said.band} (score ${said.score ?? 'unknown'}), but the same ruleset makes ${band} (score ${score}) of its evidence: the event was altered after it was written.`
}

function rulesetNote(said: PriorityInEvent, now: Priority): string[] {
  if (isSameRuleset(said, now)) return []
  const { name, version, hash } = said.ruleset
  const same = said.band === now.band ? `and says ${said.band} too` : `and says ${said.band}`
  return [
    `The event was ranked by another ruleset (${name}, version ${version}, ${hash.slice(0, 8)}) ${same}; what follows is by the one in force (${now.ruleset.name}, version ${now.ruleset.version}, ${now.ruleset.hash.slice(0, 8)}).`,
  ]
}

/** An item changes by itself; where one follows from another in practice, the reader is told. */
function kevNote(changes: readonly Change[], evidence: EvidenceVector): string[] {
  const asked = changes.some(({ item, rung }) => item === 'kev' && rung === 'yes')
  return asked && evidence.exploitability?.value !== 'active'
    ? ['A CVE in CISA KEV also makes exploitability active: add --if exploitability=active to see both.']
    : []
}

function plain(
  { key, revision, event }: StoredFinding,
  { evidence, ...said }: PriorityInEvent,
  now: Decided,
  changes: readonly Change[],
  whatIf: Decided | undefined,
): object {
  return {
    key,
    revision,
    event: said,
    evidence,
    exposureProof: exposureLines({ event }),
    ruleset: now.priority.ruleset,
    sameRuleset: isSameRuleset(said, now.priority),
    altered: isAltered(said, now.priority),
    now: plainDecided(now),
    ...(whatIf === undefined ? {} : { if: changes, whatIf: plainDecided(whatIf) }),
  }
}

function plainDecided({ priority, steps }: Decided): object {
  const { evidence: _, ruleset: __, ...rest } = priority
  return { ...rest, steps }
}
