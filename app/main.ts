import { pino } from 'pino'
import type { CommandContext, ExitCode } from './commands/command-context.ts'
import type { Catalogs, LoadedConfig } from './config/catalogs.ts'
import type { Ask } from './init/questions.ts'
import { runProgram } from './program.ts'
import { Scrubber } from './scrub.ts'
import { stopSignal } from './stop-signal.ts'
import { createLogger, errorSentence, type LogLevel } from './telemetry.ts'
import { mayColour, processTerminal } from './terminal.ts'
import { version } from './version.ts'

/**
 * The whole program: resolves to the exit code once everything that was written has left the process.
 * Calls `exit` only where it cannot go on: after a defect, and when it is asked to end a second time.
 */
export async function main(args: readonly string[], exit: (code: ExitCode) => never): Promise<ExitCode> {
  const scrubber = new Scrubber()
  const terminal = processTerminal(scrubber)
  process.on('uncaughtException', (error) => {
    terminal.err(`posture-stream: a defect: ${errorSentence(error)}\n${error.stack ?? ''}`)
    exit(1)
  })
  let level: LogLevel = 'info'
  // Looking at --help must not wait for every component to be loaded.
  const catalogs = async (): Promise<Catalogs> => (await import('./catalog.ts')).catalogs
  const context: CommandContext = {
    terminal,
    scrubber,
    load: async (file) => loaded(file, await catalogs(), scrubber),
    catalogs,
    log: () =>
      createLogger({
        level,
        pretty: process.stderr.isTTY,
        colour: mayColour(process.stderr, process.env),
        scrubber,
        destination: pino.destination({ dest: 2, sync: true }),
      }),
    startPipeline: async (config, options) => (await import('./pipeline.ts')).startPipeline(config, options),
    openFindings: async (sink) => (await import('./open-findings.ts')).openFindings(sink),
    openStream: async (stream) => (await import('./open-stream.ts')).openStreamToRead(stream),
    openCollector: async (...given) => (await import('./open-collector.ts')).openCollector(...given),
    openTopics: async (stream) => (await import('./open-topics.ts')).openTopics(stream),
    openOpenSearch: async (sink, signal) => (await import('./open-opensearch.ts')).openOpenSearch(sink, signal),
    questions: process.stdin.isTTY && process.stdout.isTTY ? questions : undefined,
    interrupt: () => stopSignal(() => exit(3)),
  }
  const code = await runProgram(args, context, { version: version(), setLogLevel: (asked) => (level = asked) })
  await flushed(process.stdout)
  await flushed(process.stderr)
  return code
}

/** What reads a terminal takes a while to load; who is asked nothing does not wait for it. */
async function loaded(file: string, catalogs: Catalogs, scrubber: Scrubber): Promise<LoadedConfig> {
  const { loadConfig } = await import('./config/load-config.ts')
  const config = loadConfig(file, catalogs)
  for (const secret of config.secrets) scrubber.add(secret)
  return config
}

async function questions(): Promise<Ask> {
  return (await import('./init/questions.ts')).askOn({ input: process.stdin, output: process.stdout })
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writable) await new Promise<void>((resolve) => void stream.write('', () => resolve()))
}
