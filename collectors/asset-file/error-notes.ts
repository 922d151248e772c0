import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the collector mean. */
export const assetFileErrors: ErrorNotes = {
  INVENTORY_NOT_READABLE: 'a file cannot be read; check the path and the rights; the others are read',
  INVENTORY_UNKNOWN: 'a file is no inventory; it is set aside whole',
  LINE_INVALID: 'a line is not as it should be; the message names the place; it is set aside',
  ASSET_OUT_OF_SCOPE:
    'an asset lies outside what its inventory line names; add it there, or write an inventory of its own',
  ASSET_TYPE_UNKNOWN:
    'a type of asset is none of schemas/asset-document.schema.json; leave such assets out, or upgrade',
  LINE_NOT_AN_ASSET:
    'a line that is set aside is no asset, so that it cannot be done again alone; mend its file, and drop the letter',
}
