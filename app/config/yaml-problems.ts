import { isCollection, isScalar, visit, type Document, type ErrorCode, type YAMLError } from 'yaml'

type Words = readonly [problem: string, remedy: string]

// Our own words throughout: the parser's messages may quote the text, and the text may be a secret.
const WORDS: Readonly<Partial<Record<ErrorCode, Words>>> = {
  ALIAS_PROPS: ['an alias cannot have a tag or an anchor', 'remove it'],
  BAD_ALIAS: ['an anchor or alias without a usable name', 'name it with letters and digits'],
  BAD_COLLECTION_TYPE: ['a tag that does not fit its value', 'remove the tag'],
  BAD_DIRECTIVE: ['a % directive that is not understood', 'remove the line'],
  BAD_DQ_ESCAPE: ['an escape that double quotes do not know', 'double the backslash, or use single quotes'],
  BAD_INDENT: ['the indentation does not fit what stands above', 'let keys of one section start in one column'],
  BAD_PROP_ORDER: ['an anchor or tag in the wrong place', 'put it right before the value'],
  BAD_SCALAR_START: ['a value cannot start with this character', 'put the value in quotes'],
  BLOCK_AS_IMPLICIT_KEY: ['a key inside the value of a key', 'start it on its own line, or put the value in quotes'],
  BLOCK_IN_FLOW: ['something is missing between two entries', 'separate entries inside { } or [ ] by commas'],
  KEY_OVER_1024_CHARS: ['a key longer than 1024 characters', 'look for a missing line break'],
  MISSING_CHAR: ['something is missing here', 'write entries as "key: value", with a space after the colon'],
  MULTILINE_IMPLICIT_KEY: ['neither a key nor a value', 'write "key: value", with a space after the colon'],
  MULTIPLE_ANCHORS: ['two anchors on one value', 'keep one'],
  MULTIPLE_DOCS: ['a second document starts here', 'keep one configuration in one file, without a line of ---'],
  MULTIPLE_TAGS: ['two tags on one value', 'remove them'],
  RESOURCE_EXHAUSTION: ['nested too deeply', 'remove levels: a configuration has less than ten'],
  TAB_AS_INDENT: ['a tab is used to indent', 'use spaces'],
  TAG_RESOLVE_FAILED: ['a tag (!…) that is not known here', 'remove it, or put a value that starts with ! in quotes'],
  UNEXPECTED_TOKEN: ['unexpected text', 'put the whole value in quotes, or close what was opened before'],
}
const UNKNOWN: Words = ['this is not YAML', 'compare it with the examples']
const CLOSE_IT = 'close it'
const OPEN_QUOTE: Words = ['a quote is opened and never closed', CLOSE_IT]
const OPEN_BRACKET: Words = ['a { or [ is opened and never closed', CLOSE_IT]
const EMPTY_ITEM: Words = ['a comma too many', 'remove it']

/** After these the values still stand where they belong, so that the rest can be checked as well. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'TAG_RESOLVE_FAILED'])

export interface YamlProblem {
  readonly offset: number
  readonly problem: string
  readonly remedy: string
}

/** What the parser complains about, in our words: one per line, because one slip makes it stumble several times. */
export function yamlProblems(
  document: Document.Parsed,
  lineOf: (offset: number) => number,
): { problems: readonly YamlProblem[]; broken: boolean } {
  const byLine = new Map<number, YamlProblem>()
  const errors: readonly YAMLError[] = [...document.errors, ...document.warnings]
  const exhausted = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION')
  for (const error of exhausted === undefined ? errors : [exhausted]) {
    const [problem, remedy] = wordsFor(error)
    const unclosed = remedy === CLOSE_IT ? openedBefore(document, error.pos[0]) : undefined
    const offset = unclosed ?? error.pos[0]
    if (!byLine.has(lineOf(offset))) byLine.set(lineOf(offset), { offset, problem, remedy })
  }
  return { problems: [...byLine.values()], broken: errors.some(({ code }) => !HARMLESS.has(code)) }
}

function wordsFor({ code, message }: YAMLError): Words {
  if (/closing .quote/.test(message)) return OPEN_QUOTE
  if (/end with a [\]}]/.test(message)) return OPEN_BRACKET
  if (/^Unexpected (empty item|,) in/.test(message)) return EMPTY_ITEM
  return WORDS[code] ?? UNKNOWN
}

/** Where the quote or bracket was opened that is still open at `offset`: the parser complains only where the text ends. */
function openedBefore(document: Document.Parsed, offset: number): number | undefined {
  let opened: number | undefined
  visit(document, {
    Node: (_key, node) => {
      const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
      const bracketed = isCollection(node) && node.flow === true
      const [start, end] = node.range ?? [0, 0]
      if ((quoted || bracketed) && start < offset && offset <= end) opened = start
    },
  })
  return opened
}
