import { Type, type Static } from 'typebox'
import type { ScanScope } from '../../schemas/generated/posture-event.ts'

const names = (what: string) =>
  Type.Optional(
    Type.Union([Type.Literal('all'), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      description: what,
    }),
  )

/** What the operator knows about the scans that a report cannot show: above all what they looked at without finding anything. */
export const declaredScope = Type.Object(
  {
    product: Type.Optional(
      Type.String({ minLength: 1, description: 'Only scans of this product: prowler, cloud-custodian, …' }),
    ),
    provider: Type.Optional(
      Type.String({ minLength: 1, description: 'Only scans of this provider: aws, azure, gcp, …' }),
    ),
    account: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Only scans of this account. With product, a report without any record is a scan of it that found nothing.',
      }),
    ),
    regions: names('The regions that were scanned, or all; else those that occur in the report.'),
    checks: names('The checks that were run, or all; else those that occur in the report.'),
  },
  { additionalProperties: false, description: 'What you know of the scans that their reports do not show' },
)
export type DeclaredScope = Static<typeof declaredScope>

/** What a scan covered: what was found of it, replaced by what the operator declares for such scans. */
export function scopeFor(found: ScanScope, product: string, declared: DeclaredScope | undefined): ScanScope {
  if (declared === undefined || !applies(found, product, declared)) return found
  const { regions: foundRegions, checks: foundChecks, ...rest } = found
  const regions = chosen(declared.regions, foundRegions)
  const checks = chosen(declared.checks, foundChecks)
  return { ...rest, ...(regions === undefined ? {} : { regions }), ...(checks === undefined ? {} : { checks }) }
}

/** Whether the operator has said what such scans look at. */
export function isDeclared(found: ScanScope, product: string, declared: DeclaredScope | undefined): boolean {
  if (declared === undefined || !applies(found, product, declared)) return false
  return declared.regions !== undefined || declared.checks !== undefined
}

function applies({ provider, account }: ScanScope, product: string, declared: DeclaredScope): boolean {
  return (
    (declared.product ?? product) === product &&
    (declared.provider ?? provider) === provider &&
    (declared.account ?? account) === account
  )
}

/** In a scope an absent list means all. */
function chosen(declared: 'all' | string[] | undefined, found: string[] | undefined): string[] | undefined {
  return declared === 'all' ? undefined : (declared ?? found)
}
