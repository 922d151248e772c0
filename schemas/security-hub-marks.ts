/** What the Id of a finding that we wrote into Security Hub starts with: a dot, since Ids keep to unreserved characters. */
const OWN_ID_PREFIX = 'posture-stream.'
/** What the GeneratorId of our findings starts with, and every key that we write into ProductFields. */
export const OWN_PREFIX = 'posture-stream/'
/** The ProductFields key that holds the finding key (`v1:…`). */
export const OWN_KEY_FIELD = `${OWN_PREFIX}finding-key`
/** What every key starts with that we write into UserDefinedFields of others' findings. */
export const OWN_USER_FIELD_PREFIX = 'posture-stream-'
/**
 * The UserDefinedFields key that holds the Workflow status that we wrote last: while both are equal the status is ours,
 * and neither a mute nor work on it by the source.
 */
export const OWN_WORKFLOW_FIELD = `${OWN_USER_FIELD_PREFIX}workflow`
/** What the text of a note of ours starts with. */
export const OWN_NOTE_PREFIX = 'posture-stream: '
/** Who signs a note of ours. */
export const OWN_NOTE_AUTHOR = 'posture-stream'

const DEFAULT_PRODUCT = /:product(v2)?\/[^/]+\/default$/

/** The Id under which a finding of ours stands in Security Hub, by its finding key (`v1:…`). */
export function ownFindingId(key: string): string {
  return `${OWN_ID_PREFIX}${key.replace(/^v\d+:/, '')}`
}

/**
 * Whether a finding of Security Hub, in ASFF or as an OCSF document, is one that we exported: by its Id, and by the
 * account's own product, under which alone we write. Takes anything, and never throws.
 */
export function isOwnExport(finding: unknown): boolean {
  const { Id, ProductArn } = fieldsOf(finding)
  if (Id !== undefined || ProductArn !== undefined) return isOwn(Id, ProductArn)
  const { finding_info: info, metadata } = fieldsOf(finding)
  return isOwn(fieldsOf(info)['uid'], fieldsOf(fieldsOf(metadata)['product'])['uid'])
}

/** Whether a note, as ASFF holds it, was written by us and not by a person. */
export function isOwnNote(note: unknown): boolean {
  const { Text, UpdatedBy } = fieldsOf(note)
  if (UpdatedBy === OWN_NOTE_AUTHOR) return true
  return typeof Text === 'string' && Text.startsWith(OWN_NOTE_PREFIX)
}

/** UserDefinedFields as their owners wrote them, without ours. */
export function withoutOwnFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !key.startsWith(OWN_USER_FIELD_PREFIX)))
}

function isOwn(id: unknown, product: unknown): boolean {
  if (typeof id !== 'string' || !id.startsWith(OWN_ID_PREFIX)) return false
  return typeof product !== 'string' || DEFAULT_PRODUCT.test(product)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
