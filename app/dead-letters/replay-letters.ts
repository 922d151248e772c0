import { unwatched } from '../../core/condition.ts'
import type { RunContext } from '../../core/component.ts'
import { PermanentError, asError } from '../../core/errors.ts'
import { isEvent, replayLetter } from '../../collectors/letter-replay.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { Stream } from '../../stream/stream.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { takeRunLock } from '../replay/take-run-lock.ts'
import type { BindableLogger } from '../telemetry.ts'
import type { Report } from './letter-outcome.ts'
import { readDeadLetters, type DeadLetter } from './letters.ts'
import { replayEvents } from './replay-events.ts'
import { replayFindings } from './replay-findings.ts'
import { giveVerdict } from './verdicts.ts'

export interface ReplayServices {
  /** At least for reading and appending. */
  readonly stream: Stream
  readonly config: LoadedConfig
  readonly log: BindableLogger
  readonly signal: AbortSignal
}

/** The most bytes of dead letters that are held at once, unless one alone is larger. */
const HELD_BYTES = 64 * 1024 * 1024

/**
 * Does again what failed, each dead letter in the way of its stage, and tells of each what became of it; one that fails
 * again stays. May be interrupted at any moment and done again: what was done twice changes nothing, but where a sink
 * itself cannot tell (see its guide).
 */
export async function replayLetters(
  chosen: readonly DeadLetter[],
  services: ReplayServices,
  report: Report,
): Promise<void> {
  const whole = chosen.filter((letter) => {
    if (letter.incomplete) report({ letter, error: incomplete() })
    return !letter.incomplete
  })
  for (const portion of portions(whole)) {
    services.signal.throwIfAborted()
    const letters = await withBytes(portion, services.stream)
    const of = (stage: string): DeadLetter[] => letters.filter((letter) => letter.stage === stage)
    await replayCollectors(of('collectors'), services, report)
    await replayEvents(of('enrichment'), services.stream, report, services.signal)
    for (const [name, some] of Map.groupBy(of('sinks'), ({ component }) => component))
      await replaySink(name, some, services, report)
    for (const letter of letters)
      if (!['collectors', 'enrichment', 'sinks'].includes(letter.stage)) report({ letter, error: unknownStage(letter) })
  }
}

/** Cut so that no portion holds too much; each keeps the order. */
function portions(letters: readonly DeadLetter[]): DeadLetter[][] {
  const cut: DeadLetter[][] = []
  let held = Infinity
  for (const letter of letters) {
    if (held + letter.size > HELD_BYTES) {
      cut.push([])
      held = 0
    }
    cut.at(-1)!.push(letter)
    held += letter.size
  }
  return cut
}

/** Reads them again, this time with their bytes, from the first of them on. */
async function withBytes(letters: readonly DeadLetter[], stream: Stream): Promise<DeadLetter[]> {
  const wanted = new Map(letters.map((letter) => [letter.id, letter]))
  const keep = ({ id }: { readonly id: string }): boolean => wanted.has(id)
  const read = await readDeadLetters(stream, { keep, all: true })
  return read.filter(keep)
}

async function replayCollectors(
  letters: readonly DeadLetter[],
  services: ReplayServices,
  report: Report,
): Promise<void> {
  const { config, signal, stream } = services
  const schemas = new SchemaRegistry()
  for (const [name, some] of Map.groupBy(letters, ({ component }) => component)) {
    const instance = config.collectors.find((each) => each.name === name)
    // What is an event already can be published whoever made it.
    const isNeeded = instance !== undefined && some.some((letter) => !isEvent(letter))
    const made = isNeeded
      ? await instance.definition.create(instance.config, contextOf('collectors', name, services))
      : undefined
    await using collector = made && closing(made)
    for (const letter of some) {
      signal.throwIfAborted()
      try {
        if (instance === undefined && !isEvent(letter)) throw unknownComponent('collector', name, config.collectors)
        const { bytes = new Uint8Array(), origin, time } = letter
        const events = await replayLetter({ bytes, origin, time }, collector?.component, { stream, schemas, signal })
        const remark = `read anew: ${events === 1 ? '1 event' : `${events} events`} published`
        await giveVerdict(stream, letter, { verdict: 'replayed', remark })
        report({ letter, remark })
      } catch (error) {
        signal.throwIfAborted()
        report({ letter, error: asError(error) })
      }
    }
  }
}

async function replaySink(
  name: string,
  letters: readonly DeadLetter[],
  services: ReplayServices,
  report: Report,
): Promise<void> {
  const { config, stream, signal } = services
  const left = new Set(letters)
  const told: Report = (outcome) => {
    left.delete(outcome.letter)
    report(outcome)
  }
  try {
    const instance = config.sinks.find((each) => each.name === name)
    if (instance === undefined) throw unknownComponent('sink', name, config.sinks)
    const lock = lockOf(config)
    try {
      const context = contextOf('sinks', name, services)
      await using sink = closing(await instance.definition.create(instance.config, context))
      await replayFindings({ instance, sink: sink.component, context, letters }, stream, told, signal)
    } finally {
      lock?.release()
    }
  } catch (error) {
    signal.throwIfAborted()
    for (const letter of left) report({ letter, error: asError(error) })
  }
}

function closing<Component extends { close?(): Promise<void> }>(
  component: Component,
): AsyncDisposable & { readonly component: Component } {
  return { component, [Symbol.asyncDispose]: async () => component.close?.() }
}

/** A sink of an embedded stream is one process's: its files are nobody else's meanwhile. */
function lockOf({ stream }: LoadedConfig): { release(): void } | undefined {
  return stream.type === 'embedded' ? takeRunLock(stream.directory, 'what a sink refused') : undefined
}

function contextOf(stage: string, name: string, { config, log }: ReplayServices): RunContext {
  const own = log.child({ stage, name })
  return {
    name,
    tenant: config.tenant,
    log: own,
    metrics: new MetricsRegistry(),
    clock: Date.now,
    condition: unwatched,
  }
}

function unknownComponent(kind: string, name: string, all: readonly { readonly name: string }[]): PermanentError {
  const names = all.map((each) => each.name).join(', ') || 'none'
  return new PermanentError(
    'COMPONENT_UNKNOWN',
    `the configuration has no ${kind} ${name} (it has: ${names}); use the one that has it, or drop the letter`,
  )
}

function unknownStage({ stage }: DeadLetter): PermanentError {
  return new PermanentError(
    'LETTER_NOT_REPLAYABLE',
    `nobody here knows the stage ${stage}; drop the letter, or upgrade`,
  )
}

function incomplete(): PermanentError {
  return new PermanentError(
    'LETTER_INCOMPLETE',
    'parts of it are missing: it is still being written, or it is so old that some are gone',
  )
}
