import { normalizeResourceUid } from '../../schemas/finding-key.ts'

/** The uid of a resource of AWS; an account as a resource has been written with three colons and with four. */
export function awsResourceUid(written: string): string {
  return normalizeResourceUid(written).replace(/^AWS:::Account:/, 'AWS::::Account:')
}
