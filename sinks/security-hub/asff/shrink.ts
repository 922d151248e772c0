import type { AwsSecurityFinding, Resource, Vulnerability } from '@aws-sdk/client-securityhub'
import { PermanentError } from '../../../core/errors.ts'
import { OWN_PREFIX } from '../../../schemas/security-hub-marks.ts'
import { LIMITS } from './limits.ts'
import { fit } from './text.ts'

/** A finding with the bytes that its JSON has. */
export interface Sized {
  readonly asff: AwsSecurityFinding
  readonly bytes: number
  /** The rungs of the ladder that left something out. */
  readonly leftOut: readonly string[]
}

interface Rung {
  /** As it stands in the ProductField that says what was left out. */
  readonly name: string
  readonly smaller: (finding: AwsSecurityFinding) => AwsSecurityFinding
}

const LEFT_OUT_FIELD = `${OWN_PREFIX}left-out`
const KEPT = new Set(['finding-key', 'revision', 'state', 'priority', 'account'].map((name) => OWN_PREFIX + name))

/**
 * What is left out of a finding that is larger than Security Hub takes, the least missed first; each rung includes those
 * before it. The last one leaves so little that it fits, whatever there was.
 */
const LADDER: readonly Rung[] = [
  { name: 'vulnerability references', smaller: vulnerabilities(({ ReferenceUrls: _references, ...each }) => each) },
  {
    name: 'tags and details of other resources',
    smaller: resources((each, index) => (index === 0 ? each : bare(each))),
  },
  {
    name: 'packages over 10 of each vulnerability',
    smaller: vulnerabilities((each) => ({ ...each, VulnerablePackages: each.VulnerablePackages?.slice(0, 10) })),
  },
  { name: 'vulnerabilities over 20', smaller: (finding) => first(finding, 'Vulnerabilities', 20) },
  { name: 'tags and details of the resource', smaller: resources(bare) },
  { name: 'resources over 10', smaller: (finding) => first(finding, 'Resources', 10) },
  { name: 'vulnerabilities', smaller: ({ Vulnerabilities: _all, ...finding }) => finding },
  { name: 'product fields over 256 characters', smaller: shortFields },
]

/** The finding within what one may weigh, on the first rung that does it. Throws `SECURITY_HUB_FINDING_TOO_LARGE`. */
export function shrink(whole: AwsSecurityFinding, key: string): Sized {
  let bytes = weigh(whole)
  if (bytes <= LIMITS.findingBytes) return { asff: whole, bytes, leftOut: [] }
  let finding = whole
  const leftOut: string[] = []
  for (const { name, smaller } of LADDER) {
    const less = smaller(finding)
    if (weigh(less) < weigh(finding)) leftOut.push(name)
    finding = less
    const asff = noted(finding, leftOut)
    bytes = weigh(asff)
    if (bytes <= LIMITS.findingBytes) return { asff, bytes, leftOut }
  }
  throw new PermanentError(
    'SECURITY_HUB_FINDING_TOO_LARGE',
    `the finding ${key} has ${bytes} bytes after all was left out that may be; Security Hub takes ${LIMITS.findingBytes}`,
  )
}

function weigh(finding: AwsSecurityFinding): number {
  return Buffer.byteLength(JSON.stringify(finding))
}

function noted(finding: AwsSecurityFinding, leftOut: readonly string[]): AwsSecurityFinding {
  return { ...finding, ProductFields: { ...finding.ProductFields, [LEFT_OUT_FIELD]: leftOut.join(', ') } }
}

function resources(change: (resource: Resource, index: number) => Resource): Rung['smaller'] {
  return (finding) => ({ ...finding, Resources: finding.Resources?.map((each, index) => change(each, index)) })
}

function vulnerabilities(change: (vulnerability: Vulnerability) => Vulnerability): Rung['smaller'] {
  return (finding) => ({
    ...finding,
    ...(finding.Vulnerabilities && { Vulnerabilities: finding.Vulnerabilities.map((each) => change(each)) }),
  })
}

function bare({ Tags: _tags, Details: _details, ...resource }: Resource): Resource {
  return resource
}

function first(finding: AwsSecurityFinding, name: 'Resources' | 'Vulnerabilities', count: number): AwsSecurityFinding {
  const { [name]: all } = finding
  return all === undefined || all.length <= count ? finding : { ...finding, [name]: all.slice(0, count) }
}

function shortFields(finding: AwsSecurityFinding): AwsSecurityFinding {
  const fields = Object.entries(finding.ProductFields ?? {})
  const short = fields.map(([name, value]) => [name, KEPT.has(name) ? value : (fit(value, 256) ?? value)] as const)
  return { ...finding, ProductFields: Object.fromEntries(short) }
}
