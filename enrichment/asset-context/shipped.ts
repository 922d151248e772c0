import type { Tag } from '../../schemas/generated/posture-event.ts'
import type { FindingContext } from '../enricher.ts'
import { rankOf, type Evidence, type Rung } from '../evidence.ts'
import { fold } from './glob.ts'
import { ASSET_TAGS, DATA_TAGS, NO_OWNER, OWNER_TAGS, type TagMeaning } from './shipped-rules.ts'
import { ownerName, tagPhrase } from './phrases.ts'

/** What a tag of some name may say. */
interface Meaning {
  readonly asset: ReadonlyMap<string, Rung<'asset'>> | undefined
  readonly data: ReadonlyMap<string, Rung<'data'>> | undefined
  /** Its place in the order of the tags that name an owner. */
  readonly owner: number | undefined
}

interface Found<Said> {
  readonly said: Said
  readonly rank: number
  readonly tag: Tag
}

/** Tag names that are remembered: tags repeat, but their names are the sources' to choose. */
const REMEMBERED_NAMES = 10_000

/** Reads common tags by the shipped rules. */
export class ShippedRules {
  readonly #asset = byName(ASSET_TAGS)
  readonly #data = byName(DATA_TAGS)
  readonly #owner = new Map(OWNER_TAGS.map((name, place) => [name, place]))
  readonly #meanings = new Map<string, Meaning | undefined>()

  /** What the tags say; of several that speak the worst counts, and of several owners the first by the order of their tags. */
  read(tags: readonly Tag[]): Pick<FindingContext, 'asset' | 'data' | 'owner'> {
    let asset: Found<Rung<'asset'>> | undefined
    let data: Found<Rung<'data'>> | undefined
    let owner: Found<string> | undefined
    for (const tag of tags) {
      const meaning = this.#meaningOf(tag.name)
      if (meaning === undefined) continue
      const value = bare(tag.value)
      asset = worse(asset, found('asset', meaning.asset?.get(value), tag))
      data = worse(data, found('data', meaning.data?.get(value), tag))
      owner = worse(owner, foundOwner(meaning.owner, tag))
    }
    return {
      ...(asset && { asset: evidence<'asset'>(asset, 'certain') }),
      // What else it can reach is not known, so that a tag alone proves nothing.
      ...(data && { data: evidence<'data'>(data, 'possible') }),
      ...(owner && { owner: { name: owner.said, source: tagPhrase(owner.tag) } }),
    }
  }

  #meaningOf(name: string): Meaning | undefined {
    if (this.#meanings.has(name)) return this.#meanings.get(name)
    const key = keyOf(name)
    const [asset, data, owner] = [this.#asset.get(key), this.#data.get(key), this.#owner.get(key)]
    const none = asset === undefined && data === undefined && owner === undefined
    const meaning = none ? undefined : { asset, data, owner }
    if (this.#meanings.size >= REMEMBERED_NAMES) this.#meanings.clear()
    this.#meanings.set(name, meaning)
    return meaning
  }
}

/** `acme:Data-Classification` is `dataclassification`; what AWS itself writes is no statement of the owner. */
function keyOf(name: string): string {
  const folded = fold(name)
  if (folded.startsWith('aws:')) return ''
  return bare(folded.slice(Math.max(folded.lastIndexOf(':'), folded.lastIndexOf('/')) + 1))
}

function bare(text: string): string {
  return fold(text).replaceAll(/[-_.\s]/g, '')
}

function byName<Said extends string>(meanings: readonly TagMeaning<Said>[]): ReadonlyMap<string, Map<string, Said>> {
  const each = meanings.flatMap(({ names, says }) => {
    const values = (Object.entries(says) as [Said, readonly string[]][]).flatMap(([said, words]) =>
      words.map((word): [string, Said] => [word, said]),
    )
    return names.map((name): [string, Map<string, Said>] => [name, new Map(values)])
  })
  return new Map(each)
}

function found<I extends 'asset' | 'data'>(item: I, said: Rung<I> | undefined, tag: Tag): Found<Rung<I>> | undefined {
  return said === undefined ? undefined : { said, rank: rankOf(item, said), tag }
}

/** The first of two that are equally bad. */
function worse<Said>(one: Found<Said> | undefined, other: Found<Said> | undefined): Found<Said> | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return other.rank > one.rank ? other : one
}

function evidence<I extends 'asset' | 'data'>(
  { said, tag }: Found<Rung<I>>,
  certainty: Evidence['certainty'],
): Evidence<I> {
  return { value: said, certainty, source: tagPhrase(tag) }
}

function foundOwner(place: number | undefined, tag: Tag): Found<string> | undefined {
  if (place === undefined || NO_OWNER.has(fold(tag.value))) return undefined
  const said = ownerName(tag.value)
  return said === undefined ? undefined : { said, rank: -place, tag }
}
