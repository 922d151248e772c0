import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the sink and of the findings commands mean; beside them stand those of files (STORAGE_…). */
export const localErrors: ErrorNotes = {
  FINDINGS_STORE_MISSING: 'there are no findings at the path yet; run the pipeline with this sink',
  FINDINGS_STORE_NEWER: 'a newer version wrote the file; upgrade, or choose another path',
  FINDINGS_STORE_OLDER: 'an older version wrote the file; the next run brings it up to date',
  FINDINGS_STORE_FOREIGN: 'the file is something else; choose another path, or move it away',
}
