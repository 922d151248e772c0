import type { AssetDocument } from '../../../schemas/generated/asset-document.ts'
import type { Tag } from '../../../schemas/generated/posture-event.ts'
import type { AssetType, Attempted, Calls, Described } from '../describer.ts'

/** What a mapper needs to know of where it is. */
export type Place = Pick<Calls, 'arn'>

/** One property: what it is, or why it was refused; undefined: the answer does not say. */
export type Fact<Value> = { readonly value: Value } | { readonly refused: string } | undefined

type Facts<Document> = { readonly [Key in keyof Document]?: Fact<Exclude<Document[Key], undefined>> }
type Loose<Document> = { readonly [Key in keyof Document]?: Document[Key] | undefined }

/** Of an answer what `read` finds in it; where AWS said that there is none, `absent`. */
export function factOf<Answer, Value>(
  attempted: Attempted<Answer>,
  read: (answer: Answer) => Value | undefined,
  absent?: Value,
): Fact<Value> {
  if ('refused' in attempted) return { refused: attempted.refused }
  const value = 'absent' in attempted ? absent : read(attempted.value)
  return value === undefined ? undefined : { value }
}

/** The document of what is known: what is undefined is left out, what was refused is told as refused. */
export function documentOf<Document extends AssetDocument>(
  plain: Loose<Document> & Pick<Document, 'type'>,
  facts: Facts<Document> = {},
): Document {
  const known: [string, unknown][] = Object.entries(plain).filter(([, value]) => value !== undefined)
  const refused: [string, string][] = []
  for (const [property, fact] of Object.entries(facts) as [string, Fact<unknown>][]) {
    if (fact === undefined) continue
    if ('refused' in fact) refused.push([property, fact.refused])
    else known.push([property, fact.value])
  }
  if (refused.length > 0) known.push(['refused', Object.fromEntries(refused)])
  return Object.fromEntries(known) as unknown as Document
}

/** An asset with its document; without a uid, that its type could not be listed as a whole. */
export function described(uid: string | undefined, document: AssetDocument): Described {
  if (uid !== undefined && uid !== '') return { uid, document }
  return { refused: [document.type], reason: `AWS names one of type ${document.type} without the name it is known by` }
}

/** Whether what was asked about has gone since it was listed. */
export function isGone(attempted: Attempted<unknown>, names: readonly string[]): boolean {
  return 'absent' in attempted && names.includes(attempted.absent)
}

/** That nothing of these types could be listed. */
export function notListed(types: readonly AssetType[], reason: string): Described {
  return { refused: types, reason }
}

/** Tags by their names, whichever way the service spells them. */
export function tagsOf(
  tags: Iterable<{ readonly Key?: string | undefined; readonly Value?: string | undefined }> | undefined,
): Tag[] | undefined {
  if (tags === undefined) return undefined
  const named: Tag[] = []
  for (const { Key, Value } of tags) if (Key !== undefined && Key !== '') named.push({ name: Key, value: Value ?? '' })
  return named.toSorted((a, b) => order(a.name, b.name))
}

/** The same of a service that gives a record. */
export function tagsOfRecord(tags: Readonly<Record<string, string>> | undefined): Tag[] | undefined {
  return tags && tagsOf(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })))
}

/** A set of texts in one order, so that the same facts make the same document; undefined stays so. */
export function setOf(values: Iterable<string | undefined>): string[]
export function setOf(values: Iterable<string | undefined> | undefined): string[] | undefined
export function setOf(values: Iterable<string | undefined> | undefined): string[] | undefined {
  if (values === undefined) return undefined
  const texts = new Set<string>()
  for (const value of values) if (value !== undefined && value !== '') texts.add(value)
  return [...texts].toSorted(order)
}

/** The text, unless it is empty. */
export function textOf(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** The same where the answer says by leaving it out, or empty, that there is none. */
export function textOrNull(value: string | undefined): string | null {
  return textOf(value) ?? null
}

/** The value, where the schema has a word for it; a new one of AWS's is not known. */
export function oneOf<const Word extends string>(words: readonly Word[], value: string | undefined): Word | undefined {
  return words.find((word) => word === value)
}

/** A port; AWS writes 0 where there is none yet. */
export function portOf(value: number | undefined): number | undefined {
  return value !== undefined && Number.isInteger(value) && value > 0 ? value : undefined
}

/** By code units: no locale of a machine changes it. */
export function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
