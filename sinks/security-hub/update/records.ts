import { PermanentError } from '../../../core/errors.ts'
import { at, list, textAt, type Json } from '../event.ts'

const PRODUCT_ARN = /^arn:[a-z-]+:securityhub:[a-z0-9-]+:(\d{12})?:product(v2)?\//

/** A finding of Security Hub's own, by what it goes by there. */
export interface HubRecord {
  readonly id: string
  readonly productArn: string
}

/**
 * The findings in Security Hub that this one was read from there: several, where it reports a control once per standard.
 * None: it was found elsewhere. Enrichment states the product's ARN only of what a collector read from Security Hub.
 */
export function recordsOf({ finding_info: info }: Json): HubRecord[] {
  const records = [info, ...list(at(info, 'related_events'))].flatMap((each) => recordOf(each))
  return [...new Map(records.map((record) => [nameOfRecord(record), record])).values()]
}

/**
 * Throws a PermanentError (`SECURITY_HUB_FINDING_WITHOUT_ADDRESS`) for a finding that Security Hub made itself, of which
 * nobody knows where it stands: imported, it would be there twice.
 */
export function mustBeOfOthers({ metadata }: Json, key: string): void {
  if (textAt(metadata, 'product', 'uid') !== 'security-hub') return
  const remedy =
    'read such findings with the collector aws-security-hub and not from a file, do not omit finding_info.product, or leave them out with filter'
  const text = `the finding ${key} is one of Security Hub's own, but does not say where it stands there: ${remedy}`
  throw new PermanentError('SECURITY_HUB_FINDING_WITHOUT_ADDRESS', text)
}

/** The region in which it stands, as its ARN says. */
export function regionOfRecord({ productArn }: HubRecord): string | undefined {
  return productArn.split(':')[3] || undefined
}

export function nameOfRecord({ id, productArn }: HubRecord): string {
  return `${productArn} ${id}`
}

function recordOf(stated: unknown): HubRecord[] {
  const id = textAt(stated, 'uid')
  const productArn = textAt(stated, 'product', 'uid')
  if (id === undefined || productArn === undefined || !PRODUCT_ARN.test(productArn)) return []
  // Read in the form of OCSF, the product of the same finding has an ARN of its own; updates know only the other.
  return [{ id, productArn: productArn.replace(':productv2/', ':product/') }]
}
