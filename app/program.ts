import { Command, CommanderError, Option } from 'commander'
import { checkCommand } from './commands/check.ts'
import { checkpointsCommand } from './commands/checkpoints.ts'
import { collectCommand } from './commands/collect.ts'
import type { CommandContext, ExitCode } from './commands/command-context.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { describeCommand } from './commands/describe.ts'
import { explainCommand } from './commands/explain.ts'
import { findingsCommand } from './commands/findings.ts'
import { initCommand } from './commands/init.ts'
import { opensearchCommand } from './commands/opensearch.ts'
import { priorityCommand } from './commands/priority.ts'
import { replayCommand } from './commands/replay.ts'
import { runCommand } from './commands/run.ts'
import { statusCommand } from './commands/status.ts'
import { topicsCommand } from './commands/topics.ts'
import { ConfigError } from './config/mistake.ts'
import { LOG_LEVELS, errorSentence, type LogLevel } from './telemetry.ts'
import { UsageError } from './usage-error.ts'

export interface ProgramOptions {
  readonly version: string
  /** Called before a command starts, with what the command line and the environment say. */
  readonly setLogLevel: (level: LogLevel) => void
}

/** In the order of the help. */
const COMMANDS = [
  initCommand,
  checkCommand,
  runCommand,
  statusCommand,
  findingsCommand,
  explainCommand,
  priorityCommand,
  deadLettersCommand,
  replayCommand,
  collectCommand,
  checkpointsCommand,
  describeCommand,
  topicsCommand,
  opensearchCommand,
] as const

/** Runs what the arguments (without the program's own name) ask for. Errors end up on standard error; never rejects. */
export async function runProgram(
  args: readonly string[],
  context: CommandContext,
  options: ProgramOptions,
): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = createProgram(context, options, (result) => (code = result))
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return report(error, context)
  }
}

function createProgram(
  context: CommandContext,
  { version, setLogLevel }: ProgramOptions,
  finish: (code: ExitCode) => void,
): Command {
  const program = new Command('posture-stream')
    .description(
      'Cloud security posture findings, made few, ranked and explained, delivered where people already work.',
    )
    .version(version)
    .addOption(
      new Option('--log-level <level>', 'what is logged, to standard error')
        .choices(LOG_LEVELS)
        .default('info')
        .env('LOG_LEVEL'),
    )
    .addHelpText('after', EXAMPLES)
    .hook('preAction', () => setLogLevel(program.opts<{ logLevel: LogLevel }>().logLevel))
  for (const command of COMMANDS) program.addCommand(command(context, finish))
  everyCommand(program, (command) =>
    command
      .exitOverride()
      .configureHelp({ showGlobalOptions: true })
      .showHelpAfterError(`Try: ${nameOf(command)} --help`)
      .configureOutput({
        writeOut: (text) => context.terminal.out(text.trimEnd()),
        writeErr: (text) => context.terminal.err(text.trimEnd()),
      }),
  )
  return program
}

const EXAMPLES = `
Start here:
    $ posture-stream init
    $ posture-stream check --config posture.yaml
    $ posture-stream run --config posture.yaml --until-idle
    $ posture-stream findings list --config posture.yaml
    $ posture-stream findings show KEY --config posture.yaml
    $ posture-stream explain KEY --config posture.yaml

The smallest configuration, posture.yaml:
    tenant: acme
    stream: { type: embedded, directory: ./data }
    collectors:
      nightly: { type: scanner-report, paths: ["reports/*.json"] }
    sinks:
      local: { type: local, path: ./data/findings.db }

Strings may refer to the environment and to files: \${TOKEN}, \${file:/run/secrets/token}.
POSTURE_CONFIG stands for --config. Logs go to standard error, results to standard output.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 stopped by its deadline with work cut off.`

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const child of command.commands) everyCommand(child, change)
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

function report(error: unknown, { terminal }: CommandContext): ExitCode {
  // Commander has written its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof ConfigError) {
    terminal.err(error.message)
    return 2
  }
  terminal.err(`posture-stream: ${errorSentence(error)}`)
  return error instanceof UsageError ? 2 : 1
}
