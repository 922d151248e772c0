import { PermanentError } from '../../core/errors.ts'
import { compareTables, type TablesDifference } from '../../enrichment/priority/diff.ts'
import { pointOf } from '../../enrichment/priority/point.ts'
import type { Ruleset } from '../../enrichment/priority/ruleset.ts'
import type { FindingsStore } from '../../sinks/local/findings-store.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import { viewOf } from '../format/finding-view.ts'
import { Paint } from '../format/paint.ts'
import {
  differencePage,
  movedFindingsPage,
  type FindingsDifference,
  type MovedFinding,
} from '../format/priority-difference.ts'
import { priorityInEvent } from '../format/priority-in-event.ts'
import { localSink } from '../local-sink.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { SHIPPED, rulesetIn, shippedRuleset } from './priority-rulesets.ts'

export interface DiffOptions {
  readonly config?: string
  readonly sink?: string
  readonly limit: number
  readonly json?: boolean
}

/** One side of the comparison. */
interface Side {
  readonly config: LoadedConfig | undefined
  readonly ruleset: Ruleset
}

/** Between equal rulesets there is nothing to look for. */
const NOTHING: TablesDifference = { settings: [], forms: [] }

/** Tells what another ruleset would move: of all combinations, and of the findings that are there. */
export async function diff(
  before: string,
  after: string,
  options: DiffOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const [old, next] = [await side(before, context), await side(after, context)]
  const keeper = options.config === undefined ? (next.config ?? old.config) : await context.load(options.config)
  const { terminal } = context
  const layout = { columns: terminal.columns, paint: new Paint(terminal.colour) }
  const ids = [old.ruleset.id, next.ruleset.id] as const
  const difference = ids[0].hash === ids[1].hash ? NOTHING : compareTables(old.ruleset.tables, next.ruleset.tables)
  if (options.json !== true) terminal.out(differencePage(ids, difference, layout))
  const findings = await currentFindings(keeper, options.sink, old.ruleset, next.ruleset, context)
  if (options.json === true) terminal.out(JSON.stringify({ before: ids[0], after: ids[1], ...difference, findings }))
  else if (findings !== undefined)
    terminal.out(`\n${movedFindingsPage(findings, options.limit === 0 ? Infinity : options.limit, layout)}`)
  return 0
}

async function side(name: string, context: CommandContext): Promise<Side> {
  if (name === SHIPPED) return { config: undefined, ruleset: shippedRuleset() }
  const config = await context.load(name)
  return { config, ruleset: rulesetIn(config) }
}

/** Undefined, and said on standard error, where no findings are kept. */
async function currentFindings(
  config: LoadedConfig | undefined,
  sink: string | undefined,
  before: Ruleset,
  after: Ruleset,
  context: CommandContext,
): Promise<FindingsDifference | undefined> {
  if (config === undefined) {
    context.terminal.err('No configuration, so no findings to look at: --config names one with a sink of type local.')
    return undefined
  }
  try {
    using from = await context.openFindings(localSink(config, sink))
    return movedBy(from, before, after)
  } catch (error) {
    const isEmpty = error instanceof PermanentError && error.code === 'FINDINGS_STORE_MISSING'
    const isNoSink = error instanceof UsageError && !config.sinks.some(({ definition }) => definition.name === 'local')
    if (!isEmpty && !isNoSink) throw error
    context.terminal.err(`No findings to look at: ${error.message}`)
    return undefined
  }
}

function movedBy(from: FindingsStore, before: Ruleset, after: Ruleset): FindingsDifference {
  const { findings, total } = from.list({ states: ['open', 'muted'] })
  let withoutEvidence = 0
  const moved: MovedFinding[] = []
  for (const finding of findings) {
    const evidence = priorityInEvent(finding)?.evidence
    if (evidence === undefined) {
      withoutEvidence += 1
      continue
    }
    const [was, is] = [before, after].map((ruleset) => ruleset.band(pointOf(evidence, ruleset.tables)))
    if (was !== is) moved.push({ key: finding.key, title: viewOf(finding).title, from: was!, to: is! })
  }
  return { total, withoutEvidence, moved: moved.toSorted(byUrgency) }
}

function byUrgency(one: MovedFinding, other: MovedFinding): number {
  const [a, b] = [one, other].map(({ to, from, key }) => `${to} ${from} ${key}`)
  return a! < b! ? -1 : 1
}
