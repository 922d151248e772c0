import { Command, Option } from 'commander'
import type { CommandContext, ExitCode } from './command-context.ts'
import { dropDeadLetters, replayDeadLetters, type ActOptions } from './dead-letters-act.ts'
import { listDeadLetters, type ListOptions } from './dead-letters-list.ts'
import { showDeadLetter, type ShowOptions } from './dead-letters-show.ts'
import { addLetterFilter } from './letter-options.ts'
import { configOption, wholeNumber } from './options.ts'

const DEFAULT_LIMIT = 50

export function deadLettersCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('dead-letters')
    .summary('what could not be processed: look at it, do it again, or drop it')
    .description('Lists, shows, replays and drops the dead letters in the stream, also while the pipeline runs.')
    .addCommand(listCommand(context, finish))
    .addCommand(showCommand(context, finish))
    .addCommand(replayCommand(context, finish))
    .addCommand(dropCommand(context, finish))
}

function listCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const command = new Command('list')
    .summary('what was set aside, the newest first')
    .description(
      'Lists the records that could not be processed, the newest first: who set them aside, why, and where they came from.',
    )
    .addOption(configOption())
  return addLetterFilter(command)
    .option('--all', 'those too that were replayed or dropped')
    .addOption(
      new Option('--limit <count>', 'at most so many; 0: all').argParser(wholeNumber(0)).default(DEFAULT_LIMIT),
    )
    .option('--json', 'one JSON object per line')
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (options: ListOptions) => finish(await listDeadLetters(options, context)))
}

function showCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('show')
    .summary('one of them, with its bytes and headers')
    .description(
      'Shows why a record was set aside, its headers, and its bytes: JSON indented, text as it is, anything else in hexadecimal.',
    )
    .argument('<id-or-origin>', 'its id in the list, or its origin')
    .addOption(configOption())
    .option('--json', 'as one JSON object, the bytes in base64')
    .addOption(new Option('--raw', 'only the untouched bytes').conflicts('json'))
    .addHelpText('after', SHOW_EXAMPLES)
    .action(async (which: string, options: ShowOptions) => finish(await showDeadLetter(which, options, context)))
}

function replayCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return acting('replay')
    .summary('do again what failed')
    .description(
      'Does again what failed, by stage: a record of a source is read anew, an event is published again, a finding is given\n' +
        'to its sink again. What succeeds leaves the list; what fails again stays, and says why.',
    )
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (ids: string[], options: ActOptions) => finish(await replayDeadLetters(ids, options, context)))
}

function dropCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return acting('drop')
    .summary('leave it out of the list for good')
    .description(
      'Takes dead letters off the list: nobody needs them any more. Their bytes stay as long as the stream keeps them;\n' +
        '`list --all` and `show` still have them.',
    )
    .addHelpText('after', DROP_EXAMPLES)
    .action(async (ids: string[], options: ActOptions) => finish(await dropDeadLetters(ids, options, context)))
}

function acting(name: string): Command {
  const command = new Command(name)
    .argument('[ids...]', 'their ids in the list; or say it by a filter')
    .addOption(configOption())
  return addLetterFilter(command)
    .addOption(
      new Option('--limit <count>', 'at most so many, the oldest; 0: all').argParser(wholeNumber(0)).default(0),
    )
    .option('--yes', 'do it; without, several are only listed')
    .option('--json', 'one JSON object per letter')
}

const LIST_EXAMPLES = `
Examples:
    $ posture-stream dead-letters list --config posture.yaml
    $ posture-stream dead-letters list --config posture.yaml --stage sinks --component archive
    $ posture-stream dead-letters list --config posture.yaml --json | jq -r .code | sort | uniq -c`

const SHOW_EXAMPLES = `
Examples:
    $ posture-stream dead-letters show 3-17 --config posture.yaml
    $ posture-stream dead-letters show report.json#1024 --config posture.yaml --raw > record.json`

const REPLAY_EXAMPLES = `
Examples:
    $ posture-stream dead-letters replay 3-17 --config posture.yaml
    $ posture-stream dead-letters replay --config posture.yaml --stage sinks --component siem
    $ posture-stream dead-letters replay --config posture.yaml --stage sinks --component siem --yes

Exit codes: 0 all of them are done, or nothing was to be done; 1 some failed again, or it was interrupted.`

const DROP_EXAMPLES = `
Examples:
    $ posture-stream dead-letters drop 3-17 3-18 --config posture.yaml --yes
    $ posture-stream dead-letters drop --config posture.yaml --origin "reports/old.json#*" --yes`
