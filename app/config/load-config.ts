import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { Admin, Tracing } from '../../schemas/generated/config.ts'
import type { Catalogs, LoadedConfig } from './catalogs.ts'
import { MarkedStrings } from './marks.ts'
import { ConfigError } from './mistake.ts'
import { Places } from './places.ts'
import { readText } from './read-text.ts'
import { References, veilReferences } from './references.ts'
import { isSection, noteClashes, Sections, untyped, type FrameSchema } from './sections.ts'
import { Validator } from './validator.ts'
import { yamlProblems } from './yaml-problems.ts'
import { TreeReader } from './yaml-tree.ts'

const FRAME_FILE = join(import.meta.dirname, '../../schemas/config.schema.json')

/**
 * Reads a configuration file and everything that it refers to.
 * Throws a ConfigError with every mistake that can be found at once; no message ever shows a value.
 */
export function loadConfig(
  file: string,
  catalogs: Catalogs,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): LoadedConfig {
  const result = readText(file)
  if ('unreadable' in result) throw new ConfigError(file, [{ file, path: '', ...result.unreadable }])
  const lines = new LineCounter()
  const places = new Places(file, lines)
  const absolute = resolve(file)
  const document = parse(file, result.text, lines, places)
  const root = new TreeReader(document, new References(environment, dirname(absolute)), places).read()
  const strings = new MarkedStrings(dirname(absolute), places)
  const config = readSections(root, catalogs, new Validator(places, strings), places)
  noteClashes(strings, places)
  if (places.mistakes.length > 0) throw new ConfigError(file, places.mistakes)
  return { file: absolute, ...config, secrets: strings.secrets }
}

function parse(file: string, text: string, lines: LineCounter, places: Places): Document.Parsed {
  const document = parseDocument(veilReferences(text), {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    version: '1.2',
  })
  const { problems, broken } = yamlProblems(document, (offset) => lines.linePos(offset).line)
  for (const { offset, problem, remedy } of problems) places.noteAt(offset, '', problem, remedy)
  if (document.contents === null && problems.length === 0)
    places.noteAt(0, '', 'the file is empty', 'start with "tenant: …" and "stream:"')
  if (broken || document.contents === null) throw new ConfigError(file, places.mistakes, { unread: broken })
  return document
}

function readSections(
  root: unknown,
  catalogs: Catalogs,
  validator: Validator,
  places: Places,
): Omit<LoadedConfig, 'file' | 'secrets'> {
  const schema = JSON.parse(readFileSync(FRAME_FILE, 'utf8')) as FrameSchema
  validator.check(untyped(schema), root, '')
  const sections = new Sections(validator, places)
  const parts = isSection(root) ? root : {}
  return {
    tenant: String(parts['tenant']),
    stream: sections.stream(schema, parts['stream'], parts['enrichment']),
    collectors: sections.collectors(catalogs, parts['collectors']),
    enrichment: sections.enrichment(catalogs.enrichment, parts['enrichment']),
    sinks: sections.sinks(catalogs, parts['sinks']),
    ...optional(parts),
  }
}

/** The sections that need not be there: as the frame's schema accepted them, with its defaults. */
function optional({ admin, tracing }: Readonly<Record<string, unknown>>): Pick<LoadedConfig, 'admin' | 'tracing'> {
  return {
    ...(admin === undefined ? {} : { admin: admin as Required<Admin> }),
    ...(tracing === undefined ? {} : { tracing: tracing as Required<Tracing> }),
  }
}
