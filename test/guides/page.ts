/** A part of a page that the test of guides does something with, in the order of the page. */
export type Part =
  | { readonly kind: 'configuration'; readonly yaml: string; readonly file?: string; readonly line: number }
  | { readonly kind: 'commands'; readonly commands: readonly Command[]; readonly line: number }
  /** Of a page about the tree: a whole file, or what changes in one. */
  | {
      readonly kind: 'file' | 'change'
      readonly file: string
      readonly lines: readonly string[]
      readonly line: number
    }
  | { readonly kind: 'not run'; readonly why: string; readonly first: string; readonly line: number }

export interface Command {
  /** As a shell takes it, comment included; lines that belong together as one. */
  readonly text: string
  /** What the page says it exits with; 0 unless told. */
  readonly code: number
}

export interface Page {
  readonly parts: readonly Part[]
  /** `kafka`, `opensearch`, `splunk`, `security-hub`: what its commands are run with. */
  readonly servers: readonly string[]
  readonly startsFromNothing: boolean
  /** Its commands are about the tree itself, and run in a copy of it. */
  readonly inTree: boolean
}

const FENCE = /^(`{3,})(.*)$/

/** Reads the blocks of a page that are configuration or commands, by the rule in CONTRIBUTING.md. */
export function readPage(markdown: string): Page {
  const lines = markdown.split('\n')
  const parts: Part[] = []
  for (let at = 0; at < lines.length; at++) {
    const hidden = /^<!-- configuration: (.*) -->$/.exec(lines[at]!)?.[1]
    if (hidden !== undefined) parts.push({ kind: 'configuration', yaml: hidden, line: at + 1 })
    const [, fence, info = ''] = FENCE.exec(lines[at]!) ?? []
    if (fence === undefined) continue
    const end = lines.indexOf(fence, at + 1)
    const part = partOf(info.trim(), lines.slice(at + 1, end), lines[at - 1] ?? '', at + 1)
    if (part !== undefined) parts.push(part)
    at = end
  }
  return {
    parts,
    servers: /<!-- run with: (.*?) -->/.exec(markdown)?.[1]?.split(/,\s*/) ?? [],
    startsFromNothing: markdown.includes('<!-- starts from: nothing -->'),
    inTree: markdown.includes('<!-- run in: a copy of the tree -->'),
  }
}

function partOf(info: string, body: readonly string[], before: string, line: number): Part | undefined {
  if (info === 'yaml') return { kind: 'configuration', yaml: body.join('\n'), line }
  const file = /^yaml (\S+\.yaml)$/.exec(info)?.[1]
  if (file !== undefined) return { kind: 'configuration', yaml: body.join('\n'), file, line }
  const [, language, code] = /^(ts|diff) (\S+)$/.exec(info) ?? []
  if (code !== undefined) return { kind: language === 'ts' ? 'file' : 'change', file: code, lines: body, line }
  if (info !== 'sh' && info !== 'console') return undefined
  const told = info === 'sh' ? body : body.filter((each) => each.startsWith('$ ')).map((each) => each.slice(2))
  const why = /^<!-- not run: (.+) -->$/.exec(before)?.[1]
  if (why !== undefined) return { kind: 'not run', why, first: told[0] ?? '', line }
  return { kind: 'commands', commands: commandsIn(told), line }
}

/** Lines that go on with a backslash or hold a here-document are one command. */
function commandsIn(lines: readonly string[]): Command[] {
  const commands: string[] = []
  let open: { text: string; until?: string } | undefined
  for (const line of lines) {
    if (open === undefined && (line.trim() === '' || line.trimStart().startsWith('#'))) continue
    const text: string = open === undefined ? line : `${open.text}\n${line}`
    const until: string | undefined = open?.until ?? /<<-?\s*['"]?(\w+)/.exec(line)?.[1]
    const goesOn: boolean = until === undefined ? line.endsWith('\\') : line !== until
    open = goesOn ? { text, ...(until === undefined ? {} : { until }) } : undefined
    if (!goesOn) commands.push(text)
  }
  return commands.map((text) => ({ text, code: Number(/# .*exits with (\d)/.exec(text)?.[1] ?? 0) }))
}

/** The examples that a text of --help gives. */
export function examplesIn(help: string): Command[] {
  return commandsIn([...help.matchAll(/^ +\$ (.*)$/gm)].map(([, line = '']) => line))
}
