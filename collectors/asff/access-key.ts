const ABOUT_ACCESS_KEYS = /access[_-]?key/i
const KEY_ID = /\bA[KS]IA[0-9A-Z]{16}\b/g
const SLOT = /\baccess[ _-]key[ _-]?#?([12])\b/gi

/**
 * What keeps the access keys of one user apart: Prowler reports each of them under the id of the user, and only its
 * sentence says which. The key's id where it is there, else the slot; empty where the sentence names none or several.
 */
export function accessKeyDiscriminator(control: string, sentence: string | undefined): string {
  if (sentence === undefined || !ABOUT_ACCESS_KEYS.test(control)) return ''
  const ids = new Set(sentence.match(KEY_ID))
  const slots = new Set([...sentence.matchAll(SLOT)].map(([, slot]) => slot))
  const [id, otherId] = ids
  const [slot, otherSlot] = slots
  if (id !== undefined) return otherId === undefined ? `access-key-id=${id}` : ''
  return slot !== undefined && otherSlot === undefined ? `access-key-slot=${slot}` : ''
}
