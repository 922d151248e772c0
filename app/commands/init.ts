import { existsSync, mkdirSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { calledAs } from '../called-as.ts'
import type { Choices } from '../init/choices.ts'
import type { Told, Usual } from '../init/questions.ts'
import { regionsIn, wordsIn } from '../init/words.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'

const USUAL_REPORTS = 'reports'

interface InitOptions {
  readonly tenant?: string
  readonly reports?: readonly string[]
  readonly securityHub?: readonly string[]
  readonly kafka?: readonly string[]
  readonly archive?: true
  readonly opensearch?: string
  readonly splunk?: string
  readonly toSecurityHub?: string
  readonly yes?: true
}

export function initCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('init')
    .summary('write a first configuration')
    .description(
      'Writes posture.yaml, with a comment above every setting. Asks at most five questions on a terminal; what is told ' +
        'by an option is not asked. Never overwrites a file, and never writes a secret: the file names variables.',
    )
    .argument('[directory]', 'where to write it; made where it does not exist', '.')
    .option('--tenant <name>', 'whose findings these are; part of every finding key, so it cannot change later')
    .option(
      '--reports <paths>',
      "scanners' reports: files, directories and patterns, with commas between",
      several(wordsIn),
    )
    .option('--security-hub <regions>', 'read AWS Security Hub in these regions', several(regionsIn))
    .option('--kafka <brokers>', 'keep the stream on Kafka, host:port; without it on this machine', several(wordsIn))
    .option('--archive', 'write every change to files, below ./out')
    .option('--opensearch <url>', 'write to OpenSearch')
    .option('--splunk <url>', "write to Splunk's HTTP Event Collector")
    .option('--to-security-hub <account>', 'write to AWS Security Hub, the findings of this account')
    .option('--yes', 'ask nothing: what is not told is as usual')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, options: InitOptions) => finish(await init(directory, options, context)))
}

const EXAMPLES = `
Examples:
  Be asked:
    $ posture-stream init my-findings
  Be asked nothing:
    $ posture-stream init my-reports --tenant acme --reports 'reports/*.json' --archive
    $ posture-stream init my-hub --tenant acme --security-hub eu-west-1 --opensearch http://127.0.0.1:9200
    $ posture-stream init my-kafka --yes --kafka kafka-1.example.com:9092,kafka-2.example.com:9092

Exit codes: 0 written, 1 broken off, 2 wrong usage, or there is a posture.yaml already.`

async function init(where: string, options: InitOptions, context: CommandContext): Promise<ExitCode> {
  const directory = resolve(where)
  const file = join(directory, 'posture.yaml')
  const shown = join(where, 'posture.yaml')
  const { existing, exportsFor, firstConfig, writeNew } = await import('../init/write-config.ts')
  if (existsSync(file)) throw existing(shown)
  const usual = { tenant: basename(directory) || 'findings', reports: join(where, USUAL_REPORTS) }
  const chosen = await choose(toldBy(options), options, usual, context)
  if (chosen === undefined) return 1
  const choices = { ...chosen, reports: chosen.reports.map((path) => pathFrom(directory, path)) }
  if (choices.reports.length === 0 && choices.regions.length === 0)
    throw new UsageError('there would be nothing to read: name reports, or regions of Security Hub')
  const text = firstConfig(choices, await context.catalogs())
  writeNew(directory, file, text)
  if (choices.reports.includes(USUAL_REPORTS)) mkdirSync(join(directory, USUAL_REPORTS), { recursive: true })
  tellNext(shown, choices, exportsFor(text, process.env), context)
  return 0
}

function toldBy({
  tenant,
  reports,
  securityHub,
  kafka,
  archive,
  opensearch,
  splunk,
  toSecurityHub,
}: InitOptions): Told {
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(reports === undefined ? {} : { reports }),
    ...(securityHub === undefined ? {} : { regions: securityHub }),
    ...(kafka === undefined ? {} : { brokers: kafka }),
    ...(archive === undefined ? {} : { archive }),
    ...(opensearch === undefined ? {} : { opensearch }),
    ...(splunk === undefined ? {} : { splunk }),
    ...(toSecurityHub === undefined ? {} : { toSecurityHub }),
  }
}

async function choose(
  told: Told,
  { yes }: InitOptions,
  usual: Usual,
  { questions }: CommandContext,
): Promise<Choices | undefined> {
  const sourceTold = told.reports !== undefined || told.regions !== undefined
  if (yes !== true && questions !== undefined) return await (await questions())(told, usual)
  const missing = [
    ...(told.tenant === undefined ? ['--tenant NAME'] : []),
    ...(sourceTold ? [] : ['--reports PATHS or --security-hub REGIONS']),
  ]
  if (yes !== true && missing.length > 0)
    throw new UsageError(`without a terminal nothing is asked: add ${missing.join(', ')}; or --yes for what is usual`)
  const reports = sourceTold ? [] : [usual.reports]
  return { tenant: usual.tenant, reports, regions: [], brokers: [], archive: false, ...told }
}

function tellNext(file: string, { reports, brokers }: Choices, exports: string[], { terminal }: CommandContext): void {
  terminal.out(`Written: ${file}. Each setting stands under what it means.`)
  if (reports.includes(USUAL_REPORTS))
    terminal.out(`Put your scanner's reports into ${join(file, '..', USUAL_REPORTS)}.`)
  const command = calledAs()
  const kafka = brokers.length > 0 ? [`${command} topics apply --config ${file}`] : []
  const steps = [
    ...exports,
    ...kafka,
    `${command} check --config ${file}`,
    `${command} run --config ${file} --until-idle`,
  ]
  terminal.out(['', 'Next:', ...steps.map((step) => `  ${step}`)].join('\n'))
}

/** As it stands in a file of that directory; a person says it as seen from where the command runs. */
function pathFrom(directory: string, path: string): string {
  const fromThere = relative(directory, resolve(path)) || '.'
  return isAbsolute(path) && fromThere.startsWith('..') ? path : fromThere
}

/** An option that takes words, and more of them where it is given again. */
function several(split: (text: string) => string[]): (text: string, before?: readonly string[]) => readonly string[] {
  return (text, before = []) => [...new Set([...before, ...split(text)])]
}
