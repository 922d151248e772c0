import { rankOf, type Evidence, type Item } from '../../evidence.ts'
import { worse } from './worse.ts'

/** How many overruled claims about one item are kept. */
const MOST = 4

/**
 * What two who speak of one item come to, by the rule of `worse`. Where a proof decides against somebody who states worse,
 * it keeps what they state: readers have that before them too, and must see why it does not count.
 */
export function merged(item: Item, held: Evidence, offered: Evidence): Evidence {
  const decides = worse(item, held, offered)
  const other = decides === held ? offered : held
  if (decides.certainty === other.certainty || rankOf(item, other.value) <= rankOf(item, decides.value)) return decides
  const { value, source, evidence } = other
  const claim = { value, source, ...(evidence === undefined ? {} : { evidence }) }
  return { ...decides, overruled: [...(decides.overruled ?? []), claim].slice(0, MOST) }
}
