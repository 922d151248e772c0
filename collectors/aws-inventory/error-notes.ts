import type { ErrorNotes } from '../../core/errors.ts'
import { awsErrors, queueErrors } from '../aws/error-notes.ts'

const ours: ErrorNotes = {
  ASSET_TOO_LARGE:
    'what is known of an asset is larger than a record may be; it is set aside, and its scan counts as partial',
  AWS_PAGES_REPEAT: 'AWS names a page as the one that follows it; the listing is tried again',
  INVENTORY_ACCOUNT: 'AWS does not say whose the credentials are; check them',
  INVENTORY_REFUSED: 'parts of an account may not be read; the message names them; nothing there counts as gone',
}

/** What the codes of the sweeping collector mean. */
export const inventoryErrors: ErrorNotes = {
  ...awsErrors,
  ...ours,
  INVENTORY_INCOMPLETE: 'not everything could be read; what was read counts, and nothing is gone where it was not',
}

/** What the codes of the collector of changes mean. */
export const inventoryEventsErrors: ErrorNotes = { ...queueErrors, ...ours }
