import type { FindingKind, WorkflowStatus } from '../../schemas/generated/posture-event.ts'
import { productId } from './asff-product.ts'
import { Fields, type JsonObject } from '../records/fields.ts'

/** The classes of OCSF findings that state something about resources; the first holds what the others hold since 1.1. */
export const FINDING_CLASSES: ReadonlyMap<number | undefined, FindingKind | undefined> = new Map([
  [2001, undefined],
  [2002, 'vulnerability'],
  [2003, 'compliance'],
  [2004, 'detection'],
  [2006, 'data_security'],
  [2007, 'application_security'],
  [2008, 'iam_analysis'],
])

/** Where products differ in what they mean by the same field. */
export interface OcsfDialect {
  /** How its findings are told from those that were read in another form. */
  readonly format: string
  /** The product's name in finding keys. */
  productOf(product: Fields): string | undefined
  /** Where a record says which resource it is about, for messages. */
  readonly subject: string
  /** The record's time is that of all its facts. Security Hub changes status and severity without moving it. */
  readonly isStamped: boolean
  /** What status In Progress stands for. */
  readonly inProgress: WorkflowStatus
}

const SECURITY_HUB_PRODUCT = /^arn:[^:]*:securityhub:[^:]*:[^:]*:product(?:v2)?\//

/** Security Hub's own, whoever made the finding that it holds. */
export const SECURITY_HUB: OcsfDialect = {
  format: 'security-hub-ocsf',
  productOf: (product) => productId(product.text('uid'), product.text('name')),
  subject: 'resource with a uid (resources[0].uid)',
  isStamped: false,
  // In Progress is how it writes its NOTIFIED.
  inProgress: 'notified',
}

const STANDARD: OcsfDialect = {
  format: 'ocsf',
  // A product's uid may be an id of the installation; people name a product by its name.
  productOf: (product) => {
    const words = [product.text('name'), product.text('uid'), product.text('vendor_name')]
    return words.map((word) => productId(undefined, word)).find((id) => id !== undefined)
  },
  subject: 'resource (resources[0].uid, or a device, databucket, database, table, file, user or application)',
  isStamped: true,
  inProgress: 'in_progress',
}

/** What a record of any product is to be read by. */
export function anyProduct(record: JsonObject): OcsfDialect {
  const uid = new Fields(record, new Set()).object('metadata').object('product').text('uid')
  return SECURITY_HUB_PRODUCT.test(uid ?? '') ? SECURITY_HUB : STANDARD
}
