import type { Scrubber } from './scrub.ts'

/** Where a command writes: results to standard output, what is said about them to standard error. */
export interface Terminal {
  /** Of standard output, as it is now; 100 where it is no terminal. */
  readonly columns: number
  /** Lines of a terminal that can be drawn on, as it is now; undefined where results go to a file or a pipe. */
  readonly rows: number | undefined
  /** Aborted when nobody reads the results any more (`| head`). */
  readonly gone: AbortSignal
  /** Whether results may be coloured. */
  readonly colour: boolean
  /** A result, with a line break behind it. */
  out(text: string): void
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void
  /** A sentence for the person, without secrets and URLs' paths. */
  err(text: string): void
}

const DEFAULT_COLUMNS = 100
const MIN_COLUMNS = 60
const MAX_COLUMNS = 160

/** The terminal of this process. A reader that has gone away (`| head`) is no error: the rest is not written. */
export function processTerminal(scrubber: Scrubber): Terminal {
  const { stdout, stderr, env } = process
  const gone = new AbortController()
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
      if (stream === stdout) gone.abort(error)
    })
  return {
    get columns() {
      const columns = stdout.columns ?? (Number(env['COLUMNS']) || DEFAULT_COLUMNS)
      return Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, columns))
    },
    get rows() {
      return stdout.isTTY && env['TERM'] !== 'dumb' ? stdout.rows : undefined
    },
    gone: gone.signal,
    colour: mayColour(stdout, env),
    out: (text) => void stdout.write(`${text}\n`),
    raw: (bytes) => void stdout.write(bytes),
    err: (text) => void stderr.write(`${scrubber.text(text)}\n`),
  }
}

/** https://no-color.org: any value that is not empty switches colour off. */
export function mayColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}
