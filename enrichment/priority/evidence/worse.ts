import { rankOf, type Evidence, type Item } from '../../evidence.ts'

/**
 * What two who speak of one item come to: a certain value before a possible one, of two equally certain the worse, of
 * two equal ones that which was there.
 */
export function worse<E extends Evidence>(item: Item, held: E, offered: E): E {
  if (offered.certainty !== held.certainty) return offered.certainty === 'certain' ? offered : held
  return rankOf(item, offered.value) > rankOf(item, held.value) ? offered : held
}
