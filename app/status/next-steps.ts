import type { SeenConfiguration, SeenStage } from './observation.ts'

const RUNBOOK = 'docs/guides/runbook.md'

/** By the code of a trouble, the section of the runbook that says what to do about it. */
const SECTIONS: Readonly<Record<string, string>> = {
  NOBODY_RUNS: 'postureprocessdown',
  STAGE_NOT_RUN: 'postureprocessdown',
  PROCESS_GONE: 'postureprocessdown',
  PARTITIONS_UNREAD: 'posturegroupunread',
  SINK_WAITING: 'posturesinkwaiting',
  COLLECTOR_WAITING: 'posturecollectorwaiting',
  BEHIND: 'posturegroupbehind',
  RETENTION: 'posturenearretention',
  SOURCE_SILENT: 'posturesourcesilent',
  DEAD_LETTERS: 'posturedeadletters',
}

/** The commands and pages that help next, for the configuration that was looked at. */
export class NextSteps {
  readonly #configuration: SeenConfiguration

  constructor(configuration: SeenConfiguration) {
    this.#configuration = configuration
  }

  /** On an embedded stream one process runs all stages. */
  run(stage?: SeenStage): string {
    const only = stage === undefined || this.#configuration.stream.type === 'embedded' ? '' : ` --only ${stage}`
    return this.command(`run${only}`)
  }

  check(): string {
    return this.command('check')
  }

  /** A command on this configuration. */
  command(words: string): string {
    return `posture-stream ${words} --config ${quoted(this.#configuration.file)}`
  }
}

/** The section of the runbook for a trouble; undefined where it has none. */
export function runbookSection(code: string): string | undefined {
  const section = SECTIONS[code]
  return section === undefined ? undefined : `${RUNBOOK}#${section}`
}

function quoted(file: string): string {
  return /^[\w./:@%+,-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`
}
