import type { Fields } from '../records/fields.ts'

/** Who made a finding that Security Hub holds, or one in its format. */
export interface AsffProduct {
  /** As in finding keys: prowler, cloud-custodian, security-hub, guardduty, … */
  readonly id: string
  readonly name: string | undefined
  readonly vendor: string | undefined
  readonly version: string | undefined
}

const PRODUCT_ARN = /^arn:[^:]*:securityhub:[^:]*:[^:]*:product(?:v2)?\/([^/]+)\/([^/]+)$/
const DEFAULT_PRODUCT = 'default'
/** Where our word for a product is not its slug. */
const OUR_WORDS: ReadonlyMap<string, string> = new Map([['securityhub', 'security-hub']])

/** The product by its ARN; where that is an account's default product, by the name that it gives itself. */
export function asffProduct(root: Fields): AsffProduct | undefined {
  const fields = root.object('ProductFields')
  const given = fields.text('ProviderName') ?? root.text('ProductName') ?? fields.text('aws/securityhub/ProductName')
  const id = productId(root.text('ProductArn'), given)
  if (id === undefined) return undefined
  return {
    id,
    name: given,
    vendor: root.text('CompanyName') ?? fields.text('aws/securityhub/CompanyName'),
    version: fields.text('ProviderVersion'),
  }
}

/** The product's name in finding keys; undefined where nothing says whose finding it is. */
export function productId(arn: string | undefined, given: string | undefined): string | undefined {
  const [, company, product] = PRODUCT_ARN.exec(arn ?? '') ?? []
  const word = slug((product === undefined || product === DEFAULT_PRODUCT ? (given ?? company) : product) ?? '')
  return word === '' ? undefined : (OUR_WORDS.get(word) ?? word)
}

/** CloudCustodian, Cloud Custodian and cloud-custodian are one product. */
function slug(word: string): string {
  return word
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
