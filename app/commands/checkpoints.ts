import { Command } from 'commander'
import { listCheckpoints, resetCheckpoint, type ShownCheckpoint } from '../checkpoints.ts'
import { checkpointsTable } from '../format/checkpoints-table.ts'
import { Paint } from '../format/paint.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption } from './options.ts'

interface CheckpointsOptions {
  readonly config: string
  readonly json?: boolean
}

export function checkpointsCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const list = new Command('list')
    .summary('how far each collector has read')
    .description(
      'Lists how far each collector has read, when its source last gave something, and whether it is silent.',
    )
    .addOption(configOption())
    .option('--json', 'one JSON object per line, with the positions')
    .action(async (options: CheckpointsOptions) => finish(await listAll(options, context)))
  const reset = new Command('reset')
    .summary('have a collector read its source from the beginning')
    .description(
      'Forgets how far a collector has read, and prints what was there. One that is running begins again at once.\n' +
        'What is read again changes nothing where it is known already.',
    )
    .argument('<name>', 'its name in the configuration; also one that is not in it any more')
    .addOption(configOption())
    .action(async (name: string, options: CheckpointsOptions) => finish(await resetOne(name, options, context)))
  return new Command('checkpoints')
    .summary('how far the collectors have read')
    .description('Shows and resets how far the collectors have read, also while they run.')
    .addCommand(list)
    .addCommand(reset)
    .addHelpText('after', EXAMPLES)
}

const EXAMPLES = `
Examples:
    $ posture-stream checkpoints list --config posture.yaml
    $ posture-stream checkpoints list --config posture.yaml --json | jq .position
    $ posture-stream checkpoints reset nightly --config posture.yaml`

async function listAll(options: CheckpointsOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context
  const { stream, tenant } = await context.load(options.config)
  await using source = await context.openStream(stream)
  const checkpoints = await listCheckpoints(source, tenant)
  if (options.json === true) for (const each of checkpoints) terminal.out(JSON.stringify(dated(each)))
  else if (checkpoints.length === 0) terminal.err('No collector has a checkpoint yet.')
  else terminal.out(checkpointsTable(checkpoints, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  return 0
}

async function resetOne(name: string, options: CheckpointsOptions, context: CommandContext): Promise<ExitCode> {
  const { stream, tenant } = await context.load(options.config)
  await using source = await context.openStream(stream)
  const before = await resetCheckpoint(source, tenant, name)
  context.terminal.out(JSON.stringify(dated(before)))
  return 0
}

/** With times as people and programs read them. */
function dated(checkpoint: ShownCheckpoint): object {
  const times = ['savedAt', 'sweptAt', 'succeededAt', 'expectedSince', 'silentSince'] as const
  const written = times.flatMap((name) => {
    const at = checkpoint[name]
    return at === undefined ? [] : [[name, new Date(at).toISOString()] as const]
  })
  return { ...checkpoint, ...Object.fromEntries(written) }
}
