import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the sink mean; beside them stand those of files and directories (STORAGE_…). */
export const fileErrors: ErrorNotes = {
  FILE_DIRECTORY_IN_USE: 'another process or sink writes to the directory; give each sink its own, or stop the other',
  FILE_INDEX_NEWER: 'a newer version wrote in the directory; upgrade, or choose another directory',
}
