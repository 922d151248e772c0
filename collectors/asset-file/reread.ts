import { PermanentError } from '../../core/errors.ts'
import { parseJson } from '../../schemas/registry.ts'
import type { AssetDeleted, AssetObserved } from '../../schemas/generated/posture-event.ts'
import { isObject } from '../records/fields.ts'
import type { SetAsideBytes } from '../collector.ts'
import { bytesBehind } from '../files/referenced.ts'
import type { AssetEvents } from './asset-events.ts'
import { assetLine, deletionLine, shaped } from './line-shapes.ts'

/**
 * Reads one line that was set aside, without the inventory around it. Throws a PermanentError where it says too little by
 * itself, or is still none that can be read.
 */
export async function reread(
  letter: SetAsideBytes,
  events: AssetEvents,
  signal: AbortSignal,
): Promise<readonly (AssetObserved | AssetDeleted)[]> {
  const value = parseJson(await bytesBehind(letter, signal))
  if (!isObject(value) || 'inventory' in value || 'end' in value)
    throw new PermanentError(
      'LINE_NOT_AN_ASSET',
      'it is no asset, and what it says of other lines only their file tells: mend the file, which is then read again, and drop the letter',
    )
  const around = { scan: undefined, time: letter.time }
  const isDeletion = 'deleted' in value && value['deleted'] !== false
  return isDeletion
    ? [events.deleted(shaped(deletionLine, value), around)]
    : [events.observed(shaped(assetLine, value), around)]
}
