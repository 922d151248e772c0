/**
 * What findings themselves state about equivalent controls. Reviewed: a line here joins findings of different sources,
 * so each names where its fact comes from.
 */
export interface Statement {
  /** The standard whose requirements are the controls of another product, as findings name it. */
  readonly standard: RegExp
  /** That product, as in finding keys. */
  readonly product: string
  /** What its controls look like; other requirements of the standard name none. */
  readonly control: RegExp
}

/** Security Hub's consolidated controls: S3.8, EC2.13, APIGateway.1. */
const SECURITY_HUB_CONTROL = /^[A-Z][A-Za-z0-9]*\.\d{1,4}$/

/**
 * AWS Foundational Security Best Practices is Security Hub's own standard, and its requirements are the ids of Security
 * Hub's controls. Prowler's compliance map has it as AWS-Foundational-Security-Best-Practices, with its version where
 * there is one, in both of its formats.
 */
export const STATEMENTS: readonly Statement[] = [
  {
    standard: /^AWS-Foundational-Security-Best-Practices(-[\d.]+)?$/,
    product: 'security-hub',
    control: SECURITY_HUB_CONTROL,
  },
]

/** Products whose controls others state equivalences with: each of these controls is a group of its own. */
export const REFERENCE_CONTROLS: ReadonlyMap<string, RegExp> = new Map([['security-hub', SECURITY_HUB_CONTROL]])
