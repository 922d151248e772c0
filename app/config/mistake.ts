import { PermanentError } from '../../core/errors.ts'

/** One thing that is wrong in a configuration: where it stands, what is wrong, how to mend it. Never a value. */
export interface Mistake {
  readonly file: string
  /** From 1; 0 where the file as a whole is meant. */
  readonly line: number
  readonly column: number
  /** `sinks.archive.directory`; empty where the file as a whole is meant. */
  readonly path: string
  readonly problem: string
  readonly remedy: string
}

/** A configuration that cannot be used (`CONFIG_INVALID`), with every mistake in the order in which they stand in the file. */
export class ConfigError extends PermanentError {
  readonly mistakes: readonly Mistake[]

  /** `unread`: the YAML itself is broken, so that what it says could not be looked at. */
  constructor(file: string, mistakes: readonly Mistake[], { unread = false }: { readonly unread?: boolean } = {}) {
    const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column)
    const count = sorted.length === 1 ? '1 mistake' : `${sorted.length} mistakes`
    const heading = unread
      ? `${count} in the YAML of ${file}; the rest is read once this is mended`
      : `${count} in ${file}`
    super('CONFIG_INVALID', [heading, ...sorted.map(formatMistake)].join('\n'))
    this.mistakes = sorted
  }
}

/** `file:line:column  path  what is wrong; how to mend it`, on one line. */
function formatMistake({ file, line, column, path, problem, remedy }: Mistake): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  return [place, path, `${problem}; ${remedy}`].filter((part) => part !== '').join('  ')
}
