import type { Bench } from './bench.ts'
import { examplesIn, type Command } from './page.ts'
import type { Sandbox } from './sandbox.ts'
import { goesOn } from './script.ts'

/** What the examples name beside what every sandbox has. */
const NAMED = `
collectors: { nightly: { type: scanner-report, paths: ["reports/*.json"] } }
sinks: { siem: { type: file, directory: ./siem } }`
/** Whoever needs a server is run by the guide about it. */
const WITH_SERVERS = /posture-stream (topics|opensearch) |--kafka|--stage stream/
/** They ask, and here nobody answers. */
const ASKS = /init( \S+)?$/

/** Runs the examples that --help gives; answers a sentence for each that did not end well, and how many there are. */
export async function runExamples(
  bench: Bench,
): Promise<{ readonly count: number; readonly wrong: readonly string[] }> {
  using sandbox = bench.used()
  sandbox.configure(NAMED)
  const examples = await allExamples(sandbox)
  const own = examples.filter(({ text }) => !WITH_SERVERS.test(text)).map(filled)
  await bench.runCommands([{ text: 'cp posture.yaml stricter.yaml', code: 0 }], sandbox, 'before')
  const wrong = await bench.runCommands(
    own.filter(({ text }) => !goesOn(text)),
    sandbox,
    'help',
  )
  // Each by itself: nothing else may run on that stream meanwhile.
  for (const each of own.filter(({ text }) => goesOn(text)))
    wrong.push(...(await bench.runCommands([each], sandbox, 'help')))
  return { count: own.length, wrong }
}

/** Of the program, of its commands, and of theirs. */
async function allExamples(sandbox: Sandbox): Promise<readonly Command[]> {
  const found = new Map<string, Command>()
  const open = ['posture-stream']
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const [help] = await sandbox.run([{ text: `${name} --help`, code: 0 }])
    for (const each of examplesIn(help!.out)) found.set(each.text, each)
    const [, commands = ''] = /^Commands:\n((?: {2}.*\n?)+)/m.exec(help!.out) ?? []
    for (const [, command = ''] of commands.matchAll(/^ {2}([a-z][\w-]*)/gm))
      if (command !== 'help') open.push(`${name} ${command}`)
  }
  return [...found.values()]
}

/** A key and an origin stand there as they look; the reader has others. */
function filled({ text, code }: Command): Command {
  const own = text
    .replaceAll(/\b3f9a1c02\b/g, 'KEY')
    .replace('report.json#1024', 'ID')
    .replace(/(\d+-\d+) \d+-\d+/, '$1')
  // What is broken stays broken, and nothing is in the way of its being dropped.
  return { text: own, code: ASKS.test(text) ? 2 : /dead-letters replay \d/.test(text) ? 1 : code }
}
