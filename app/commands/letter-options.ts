import { Option, type Command } from 'commander'
import type { LetterFilter } from '../dead-letters/letter-filter.ts'
import { STAGES } from '../pipeline-contract.ts'
import { pastTime } from './past-time.ts'

/** What says which dead letters are meant; every command about several takes it the same way. */
export function addLetterFilter(command: Command): Command {
  return command
    .addOption(new Option('--stage <stage>', 'only of this stage').choices(STAGES))
    .option('--component <name>', 'only of this component: its name in the configuration')
    .option('--code <code>', 'only with this code, such as JSON_INVALID')
    .option('--key <key>', 'only with this key: of a finding, its key')
    .option('--origin <pattern>', 'only from there; * and ? stand for any text: "reports/*"')
    .addOption(new Option('--since <time>', 'only those set aside since: 2h, 3d, or an ISO date').argParser(pastTime))
}

/** The filter in what was given on the command line. */
export function letterFilterOf({ stage, component, code, key, origin, since }: LetterFilter): LetterFilter {
  return { stage, component, code, key, origin, since }
}
