/** How often a macro may stand inside macros: deeper is taken for a circle. */
const DEPTH_LIMIT = 10

export interface MacroUse {
  readonly name: string
  readonly args: number
}

/** Macros by name, with the number of arguments where there are any: `posture_step(2)`. */
export type Macros = ReadonlyMap<string, { readonly definition: string }>

/** The macros that a search or a definition names between backticks. */
export function macrosIn(search: string): MacroUse[] {
  const pieces = search.split('`')
  if (pieces.length % 2 === 0) throw new Error(`a backtick without its other one: ${search}`)
  return pieces
    .filter((_, at) => at % 2 === 1)
    .map((use) => {
      const [, name, args] = /^(\w+)(?:\((.*)\))?$/s.exec(use) ?? []
      if (name === undefined) throw new Error(`no name of a macro: ${use}`)
      return { name, args: args === undefined ? 0 : args.split(',').length }
    })
}

/** The key under which macros.conf defines it. */
export function stanzaOf({ name, args }: MacroUse): string {
  return args === 0 ? name : `${name}(${args})`
}

/** The search with its macros (those without arguments) replaced by what they stand for, also inside one another. */
export function expanded(search: string, macros: Macros, depth = 0): string {
  if (depth > DEPTH_LIMIT) throw new Error(`macros that stand for one another: ${search}`)
  return search
    .split('`')
    .map((piece, at) => {
      if (at % 2 === 0) return piece
      const macro = macros.get(piece)
      if (macro === undefined) throw new Error(`no such macro: ${piece}`)
      return expanded(macro.definition, macros, depth + 1)
    })
    .join('')
}

const COMMANDS = [
  'chart',
  'dedup',
  'eval',
  'fields',
  'fillnull',
  'head',
  'search',
  'sort',
  'stats',
  'streamstats',
  'table',
  'timechart',
  'tstats',
  'where',
] as const
type Command = (typeof COMMANDS)[number]
type Fields = Omit<SearchStep, 'command' | 'narrows'>

/** Behind these only what they name is left. */
const NARROWING = /^(chart|fields|stats|table|timechart|tstats)$/

export interface SearchStep {
  readonly command: Command
  /** Fields that it reads. */
  readonly reads: readonly string[]
  /** Fields that are there only from here on. */
  readonly makes: readonly string[]
  /** Every other field is gone behind it. */
  readonly narrows: boolean
}

/** The commands of an expanded search, in order. Throws for a command or a word that it does not know. */
export function stepsOf(search: string): SearchStep[] {
  const withoutTokens = search.replaceAll(/\$[\w.]+(?:\|\w+)*\$/g, '*')
  const [first = '', ...more] = splitOutsideQuotes(withoutTokens, '|').map((part) => part.trim())
  const steps = first === '' ? more : [`search ${first}`, ...more]
  return steps.map((text) => {
    const [, word = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(text) ?? []
    const command = COMMANDS.find((each) => each === word)
    if (command === undefined) throw new Error(`a command that is not reviewed: ${text}`)
    const narrows = NARROWING.test(command) && !(command === 'fields' && rest.startsWith('-'))
    return { command, ...fieldsOf(command, rest), narrows }
  })
}

function fieldsOf(command: Command, text: string): Fields {
  switch (command) {
    case 'fields':
      // What is taken away is not read.
      return { reads: text.startsWith('-') ? [] : namesIn(text), makes: [] }
    case 'head':
      return { reads: [], makes: [] }
    case 'search':
      return { reads: termsOf(text), makes: [] }
    case 'where':
      return { reads: fieldsInExpression(text), makes: [] }
    case 'eval':
      return assignmentsOf(text)
    case 'stats':
    case 'streamstats':
    case 'chart':
    case 'timechart':
      return aggregation(text)
    case 'tstats': {
      const [, before = '', condition = '', after = ''] = /^(.*?)\sWHERE\s(.*?)\s(BY\s.*)$/s.exec(text) ?? []
      const { reads, makes } = aggregation(`${before} ${after}`)
      return { reads: [...reads, ...termsOf(condition)], makes }
    }
    default:
      return { reads: namesIn(text.replaceAll(/\bnum\(([^)]*)\)/g, '$1')), makes: [] }
  }
}

/** `a=b`, `a IN (b, c)` and their joins: what stands before the sign is a field; words alone would be searched as text. */
function termsOf(text: string): string[] {
  const terms = text
    .replaceAll(/"[^"]*"/g, '*')
    .replaceAll(/\bIN\s*\([^)]*\)/g, '=*')
    .replaceAll(/[()]/g, ' ')
    .replaceAll(/\s*(!=|=)\s*/g, '=')
    .split(/\s+/)
    .filter((term) => !/^(OR|AND|NOT|)$/.test(term))
  return terms.map((term) => {
    const [, field] = /^([\w.{}]+)=\S+$/.exec(term) ?? []
    if (field === undefined) throw new Error(`a word alone in a search: ${term} in ${text}`)
    return field
  })
}

const WORDS_OF_EXPRESSIONS = /^(AND|OR|NOT|true|false|null)$/

/** Every field that an eval expression names: bare or in single quotes, or as a path inside json_extract and spath. */
export function fieldsInExpression(text: string): string[] {
  const paths = [...text.matchAll(/\b(?:json_extract|spath)\(_raw, "([^"]+)"\)/g)].map(([, path]) => path!)
  const rest = text.replaceAll(/\b(?:json_extract|spath)\([^()]*\)/g, ' ')
  const quoted = [...rest.matchAll(/'([^']+)'/g)].map(([, name]) => name!)
  const bare = rest.replaceAll(/'[^']*'|"[^"]*"/g, ' ').matchAll(/(?<![\w.])[A-Za-z_]\w*(?![\w(])/g)
  const names = [...bare].map(([name]) => name).filter((name) => !WORDS_OF_EXPRESSIONS.test(name))
  return [...new Set([...paths, ...quoted, ...names])].map((path) => path.replaceAll(/\{\d+\}/g, '{}'))
}

function assignmentsOf(text: string): Fields {
  const makes: string[] = []
  const reads: string[] = []
  for (const assignment of splitOutsideQuotes(text, ',')) {
    const [, name, expression] = /^\s*(\w+)\s*=(?!=)\s*(.+)$/s.exec(assignment) ?? []
    if (name === undefined || expression === undefined) throw new Error(`no assignment: ${assignment}`)
    reads.push(...fieldsInExpression(expression).filter((field) => !makes.includes(field)))
    makes.push(name)
  }
  return { reads, makes }
}

/** `dc(a) AS b BY c d OVER e span=1d`; without AS the result is named after its function. */
function aggregation(text: string): Fields {
  const plain = text.replaceAll(/\b\w+=\w+/g, ' ')
  const [functions = '', ...groups] = plain.split(/\b(?:BY|OVER)\b/)
  const makes: string[] = []
  const reads = groups.flatMap(namesIn)
  for (const [, name, of, as] of functions.matchAll(/(\w+)(?:\(([\w.{}]*)\))?(?:\s+AS\s+(\w+))?/g)) {
    if (of !== undefined && of !== '') reads.push(of)
    makes.push(as ?? (of === undefined ? name! : `${name!}(${of})`))
  }
  return { reads, makes }
}

function namesIn(text: string): string[] {
  return text
    .replaceAll(/\b\w+=\S+/g, ' ')
    .split(/[\s,]+/)
    .map((name) => name.replace(/^[-+]/, ''))
    .filter((name) => !/^\d*$/.test(name))
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = ['']
  let quote = ''
  let depth = 0
  for (const letter of text) {
    if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '(') depth += 1
    else if (letter === ')') depth -= 1
    if (letter === separator && quote === '' && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  if (quote !== '' || depth !== 0) throw new Error(`quotes or brackets that are not closed: ${text}`)
  return parts
}
