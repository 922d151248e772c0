import { mapAsff } from '../asff/asff.ts'
import { isObject } from '../records/fields.ts'
import type { Mapped, MappingOptions } from '../records/mapped.ts'
import { mapSecurityHubOcsf } from '../asff/ocsf.ts'

/** Maps a finding by its form: OCSF where it names a class, else ASFF. Pure; never throws. */
export function mapFinding(record: unknown, options: MappingOptions): Mapped {
  return isObject(record) && 'class_uid' in record ? mapSecurityHubOcsf(record, options) : mapAsff(record, options)
}
