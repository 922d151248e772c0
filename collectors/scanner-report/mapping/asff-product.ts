import type { Fields } from './fields.ts'

/** Who made an ASFF finding. */
export interface AsffProduct {
  /** As in finding keys: prowler, cloud-custodian, security-hub, guardduty, … */
  readonly id: string
  readonly name: string | undefined
  readonly vendor: string | undefined
  readonly version: string | undefined
}

const PRODUCT_ARN = /^arn:[^:]*:securityhub:[^:]*:[^:]*:product\/([^/]+)\/([^/]+)$/
const DEFAULT_PRODUCT = 'default'
/** Where our word for a product is not its slug. */
const OUR_WORDS: Readonly<Record<string, string>> = { securityhub: 'security-hub' }

/** The product by its ARN; where that is an account's default product, by the name that it gives itself. */
export function asffProduct(root: Fields): AsffProduct | undefined {
  const fields = root.object('ProductFields')
  const given = fields.text('ProviderName') ?? root.text('ProductName') ?? fields.text('aws/securityhub/ProductName')
  const [, company, product] = PRODUCT_ARN.exec(root.text('ProductArn') ?? '') ?? []
  const word = slug((product === undefined || product === DEFAULT_PRODUCT ? (given ?? company) : product) ?? '')
  if (word === '') return undefined
  return {
    id: OUR_WORDS[word] ?? word,
    name: given,
    vendor: root.text('CompanyName') ?? fields.text('aws/securityhub/CompanyName'),
    version: fields.text('ProviderVersion'),
  }
}

/** CloudCustodian, Cloud Custodian and cloud-custodian are one product. */
function slug(word: string): string {
  return word
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
