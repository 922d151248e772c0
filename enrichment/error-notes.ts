import type { ErrorNotes } from '../core/errors.ts'

/** What the codes mean that enrichment raises. */
export const enrichmentErrors: ErrorNotes = {
  FINDING_KEY_MISMATCH:
    'a record names another key than its parts give; its publisher must compute it as schemas/finding-key.ts does',
  DECISION_UNSUPPORTED: 'a decision names no finding, or one that is not known',
  ASSET_DOCUMENT_INVALID:
    'an asset is known, but its document cannot be used; its publisher must keep to schemas/asset-document.schema.json',
  SCAN_SCOPE_TOO_LARGE: 'a scan of assets names too many pairs of region and type; report it in parts',
  OCSF_INVALID: 'the event made of a finding would not be valid OCSF: a defect, please report it with the dead letter',
  STATE_CORRUPT:
    'a record of posture.state cannot be read; restore the topic from a backup, nothing may be skipped there',
  STATE_UNUSABLE:
    'the local store cannot be used; mend its rights or disk, or remove it: it is rebuilt from posture.state',
}
