import { Document, isMap, isScalar, isSeq, Scalar, stringify, type Node, type Pair, type YAMLMap } from 'yaml'
import { wrap } from '../format/text.ts'
import type { FirstConfig, Section } from './choices.ts'
import type { Descriptions } from './descriptions.ts'

const COLUMNS = 100
const INDENT = 2

const HEADING = [
  'Written by posture-stream init; it is yours to change. Paths are relative to this file.',
  '${NAME} takes an environment variable, ${file:/path} the content of a file: no secret stands in here.',
  '`posture-stream describe` lists all that can stand under a type, `posture-stream describe TYPE` its settings.',
]

/** Settings that many come to want: they stand in the file as comments, once each. */
const SUGGESTED: Readonly<Record<string, Section>> = {
  collectors: { expectEvery: '26h' },
  sinks: { filter: { priority: ['P1', 'P2'] } },
}
const SUGGESTED_SECTION: Section = { admin: { host: '127.0.0.1', port: 9464 } }

/** The configuration as YAML, each setting under what its own definition says of it. */
export function commentedConfig(config: FirstConfig, descriptions: Descriptions): string {
  const document = new Document(config, { aliasDuplicateObjects: false })
  document.commentBefore = HEADING.map((line) => ` ${line}`).join('\n')
  const sections = document.contents as unknown as YAMLMap
  comment(sections, [], descriptions)
  for (const [section, settings] of Object.entries(SUGGESTED)) suggest(sections, section, settings, descriptions)
  sections.comment = suggestion(SUGGESTED_SECTION, [], descriptions)
  return `${document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd()}\n`
}

function comment(map: YAMLMap, path: readonly string[], descriptions: Descriptions): void {
  for (const [index, pair] of (map.items as Pair<Scalar<string>, Node | null>[]).entries()) {
    const inside = [...path, pair.key.value]
    const text = descriptions.of(inside)
    if (text !== undefined) pair.key.commentBefore = commentLines(text, path.length)
    const [section = ''] = path
    pair.key.spaceBefore = index > 0 && (path.length === 0 || (path.length === 1 && section in SUGGESTED))
    quote(pair.value)
    const members = isSeq(pair.value) ? pair.value.items : [pair.value]
    for (const member of members) if (isMap(member)) comment(member, inside, descriptions)
  }
}

/** Lists of words on one line, and in quotes what might be read as something else. */
function quote(node: Node | null): void {
  if (isScalar(node) && typeof node.value === 'string' && /[*{}$]/.test(node.value)) node.type = Scalar.QUOTE_DOUBLE
  if (isMap(node)) for (const { value } of node.items as Pair<Scalar, Node | null>[]) quote(value)
  if (!isSeq(node)) return
  node.flow = node.items.every(isScalar)
  for (const item of node.items as Node[]) {
    if (isScalar(item)) item.type = Scalar.QUOTE_DOUBLE
    else quote(item)
  }
}

/** Into the first component of the section that can have them and that somebody else reads: `local` is for all of it. */
function suggest(sections: YAMLMap, section: string, settings: Section, descriptions: Descriptions): void {
  const components = sections.get(section) as YAMLMap<Scalar<string>, YAMLMap>
  const pair = components.items.find(
    ({ key, value }) => key.value !== 'local' && !Object.keys(settings).some((setting) => value?.has(setting)),
  )
  if (pair?.value) pair.value.comment = suggestion(settings, [section, pair.key.value], descriptions)
}

function suggestion(settings: Section, path: readonly string[], descriptions: Descriptions): string {
  const lines = Object.entries(settings).flatMap(([key, value]) => [
    ...(path.length === 0 ? [''] : []),
    commentLines(descriptions.of([...path, key]) ?? '', path.length),
    ...(path.length === 0
      ? stringify({ [key]: value })
      : `${key}: ${stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false })}`
    )
      .trimEnd()
      .split('\n')
      .map((line) => ` ${line}`),
  ])
  return lines.join('\n')
}

function commentLines(text: string, depth: number): string {
  return wrap(text, COLUMNS - INDENT * (depth + 1))
    .map((line) => ` ${line}`)
    .join('\n')
}
