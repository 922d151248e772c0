import { Command } from 'commander'
import { Paint } from '../format/paint.ts'
import type { OpenTopics } from '../open-topics.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption } from './options.ts'

interface TopicsOptions {
  readonly config: string
  readonly json?: boolean
}

type Plan = Awaited<ReturnType<OpenTopics['plan']>>[number]

export function topicsCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const subcommand = (name: string, summary: string, description: string, work: Work): Command =>
    new Command(name)
      .summary(summary)
      .description(description)
      .addOption(configOption())
      .option('--json', 'one JSON object per line')
      .action(async (options: TopicsOptions) => finish(await work(options, context)))
  return new Command('topics')
    .summary('the topics of a stream on Kafka')
    .description('Holds the topics on the cluster against how they should be, and creates or mends them.')
    .addCommand(subcommand('plan', 'show what apply would do', 'Shows what apply would do. Changes nothing.', plan))
    .addCommand(
      subcommand(
        'apply',
        'create what is missing, mend settings that differ',
        'Creates topics that are missing and mends settings that differ. Never changes the number of partitions or replicas.',
        apply,
      ),
    )
    .addCommand(
      subcommand('check', 'fail when something differs', 'Exits with 1 unless every topic is as it should be.', check),
    )
    .addHelpText('after', EXAMPLES)
}

const EXAMPLES = `
Examples:
    $ posture-stream topics plan --config posture.yaml
    $ posture-stream topics apply --config posture.yaml
    $ posture-stream topics check --config posture.yaml --json

The rights that each needs: docs/guides/kafka.md.`

type Work = (options: TopicsOptions, context: CommandContext) => Promise<ExitCode>

async function plan(options: TopicsOptions, context: CommandContext): Promise<ExitCode> {
  await using topics = await open(options, context)
  show(await topics.plan(), options, context)
  return 0
}

async function check(options: TopicsOptions, context: CommandContext): Promise<ExitCode> {
  await using topics = await open(options, context)
  const plans = await topics.plan()
  show(plans, options, context)
  return isWanted(plans) ? 0 : 1
}

/** Shows what was done, then what is left for the operator: 1 where something is. */
async function apply(options: TopicsOptions, context: CommandContext): Promise<ExitCode> {
  await using topics = await open(options, context)
  const before = await topics.apply()
  const after = await topics.plan()
  const done = before.map((each, index) => ({ ...each, left: after[index]! })).map(outcomeOf)
  show(done, options, context)
  return isWanted(after) ? 0 : 1
}

/** As a plan, but in the words of what has happened. */
function outcomeOf({ left, ...before }: Plan & { readonly left: Plan }): Plan & { readonly done: string } {
  const mended = before.differences.filter(({ remedy }) => remedy === 'apply').map(({ what }) => what)
  const done = before.state === 'missing' ? 'created' : mended.length > 0 ? `changed ${mended.join(', ')}` : ''
  const words = [done, left.sentence].filter((part) => part !== '')
  return { ...left, done: done === '' ? 'nothing' : done, sentence: words.join('; ') }
}

async function open({ config: file }: TopicsOptions, context: CommandContext): Promise<OpenTopics> {
  const { stream } = await context.load(file)
  if (stream.type !== 'kafka')
    throw new UsageError(
      'an embedded stream makes its topics by itself; these commands are for "stream: { type: kafka }"',
    )
  return await context.openTopics(stream)
}

function isWanted(plans: readonly Plan[]): boolean {
  return plans.every(({ state }) => state === 'as-wanted')
}

function show(plans: readonly Plan[], { json }: TopicsOptions, { terminal }: CommandContext): void {
  if (json === true) return plans.forEach((each) => terminal.out(JSON.stringify(each)))
  const paint = new Paint(terminal.colour)
  const width = Math.max(...plans.map(({ topic }) => topic.length))
  const words = {
    'as-wanted': paint.as('green', 'ok     '),
    missing: paint.as('yellow', 'missing'),
    differs: paint.as('red', 'differs'),
  }
  for (const { topic, state, sentence } of plans) terminal.out(`${words[state]}  ${topic.padEnd(width)}  ${sentence}`)
}
