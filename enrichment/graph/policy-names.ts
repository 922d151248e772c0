/** Where the asset is whose policy it is. */
export interface Place {
  readonly uid: string
  readonly account: string
  readonly region: string
}

/**
 * Calls `found` for the assets that the conditions of a policy name: by a whole ARN, or as a VPC of the asset's own account
 * and region. A policy that is none names nobody; principals are no assets.
 */
export function eachNamedByPolicy(policy: string, place: Place | undefined, found: (uid: string) => void): void {
  for (const statement of listOf(parsed(policy)['Statement']))
    for (const operator of Object.values(objectOf(objectOf(statement)['Condition'])))
      for (const value of Object.values(objectOf(operator)).flatMap(listOf)) {
        if (typeof value !== 'string' || /[*?$]/.test(value)) continue
        if (value.startsWith('arn:')) found(value)
        else if (place !== undefined && value.startsWith('vpc-')) {
          const [, partition = 'aws'] = place.uid.split(':', 2)
          found(`arn:${partition}:ec2:${place.region}:${place.account}:vpc/${value}`)
        }
      }
}

function parsed(policy: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(policy))
  } catch {
    return {}
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value]
}
