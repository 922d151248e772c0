import type { ComponentReport, Trouble } from '../../schemas/generated/process-report.ts'
import { isLive, type Observation, type SeenReport, type SeenStage } from './observation.ts'
import type { CollectorStatus, StatusCause } from './status-shape.ts'

/** What one process says of a component. */
export interface Said {
  readonly process: string
  readonly component: ComponentReport
}

/** What is known of a component of any stage, as the shape of a status has it. */
export type Reading = Pick<CollectorStatus, 'state' | 'waiting' | 'lastError' | 'recordsPerSecond' | 'deadLetters'>

/** What the processes that live say of a component of this tenant; enrichment serves all tenants. */
export function saidOf(observation: Observation, stage: SeenStage, name: string): Said[] {
  return saidIn(
    observation.reports.filter((report) => isLive(report, observation.at)),
    observation,
    stage,
    name,
  )
}

/** `runs` are the processes among which the component is at work: none of them, and it is not run. */
export function readingOf(observation: Observation, stage: SeenStage, name: string, runs: readonly Said[]): Reading {
  const waiting = earliest(runs.flatMap(({ process, component }) => causeOf(process, component.waiting)))
  const lastError = newest(
    saidIn(observation.reports, observation, stage, name).flatMap(({ process, component }) =>
      causeOf(process, component.lastError),
    ),
  )
  const rates = runs.flatMap(({ component }) => component.recordsPerSecond ?? [])
  const letters = observation.letters.filter((letter) => letter.stage === stage && letter.component === name)
  return {
    state: runs.length === 0 ? 'not-run' : waiting === undefined ? 'running' : 'waiting',
    ...(waiting === undefined ? {} : { waiting }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(rates.length === 0 ? {} : { recordsPerSecond: rates.reduce((sum, rate) => sum + rate, 0) }),
    deadLetters: letters.length,
  }
}

/** A time as a status has it; undefined for what is no time at all. */
export function isoTime(at: number): string {
  return new Date(Number.isNaN(new Date(at).getTime()) ? 0 : at).toISOString()
}

function saidIn(
  reports: readonly SeenReport[],
  { configuration }: Observation,
  stage: SeenStage,
  name: string,
): Said[] {
  return reports.flatMap(({ report }) => {
    if (stage !== 'enrichment' && report.tenant !== configuration.tenant) return []
    const component = report.components.find((each) => each.stage === stage && each.name === name)
    return component === undefined ? [] : [{ process: report.process, component }]
  })
}

function causeOf(process: string, trouble: Trouble | undefined): StatusCause[] {
  if (trouble === undefined) return []
  const { since, code, message } = trouble
  return [{ since: isoTime(since), code, message, process }]
}

function earliest(causes: readonly StatusCause[]): StatusCause | undefined {
  return causes.toSorted((one, other) => Date.parse(one.since) - Date.parse(other.since))[0]
}

function newest(causes: readonly StatusCause[]): StatusCause | undefined {
  return causes.toSorted((one, other) => Date.parse(other.since) - Date.parse(one.since))[0]
}
