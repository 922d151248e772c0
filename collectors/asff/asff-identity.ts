import type { Description, FindingKind, Resource, Source } from '../../schemas/generated/posture-event.ts'
import { accessKeyDiscriminator } from './access-key.ts'
import type { Fields } from '../records/fields.ts'
import { required } from '../records/mapped.ts'
import {
  controlOfRule,
  ruleOfControlArn,
  ruleOfGenerator,
  standardName,
  type StandardRule,
} from './security-controls.ts'

export const PROWLER = 'prowler'
const SECURITY_HUB = 'security-hub'
const PROWLER_PREFIX = /^prowler-/
const CONSOLIDATED = /^security-control\/(.+)$/
/** What a product finds, whatever its types say. */
const KINDS_BY_PRODUCT: ReadonlyMap<string, FindingKind> = new Map([
  ['inspector', 'vulnerability'],
  ['guardduty', 'detection'],
  ['macie', 'data_security'],
  // Its findings are no analysis of permissions as OCSF wants one, but statements about one resource.
  ['access-analyzer', 'compliance'],
])
const KINDS_BY_TYPE: readonly (readonly [RegExp, FindingKind])[] = [
  [/^(TTPs|Effects|Unusual Behaviors)(\/|$)/, 'detection'],
  [/^Sensitive Data Identifications(\/|$)/, 'data_security'],
  [/^Software and Configuration Checks\/Vulnerabilities(\/|$)/, 'vulnerability'],
]
const PORT = /\bports?(?: ranges?)? (\d+(?: ?- ?\d+)?)\b/i

/** What a finding is about in the words of its source: which rule, and for which of the standards. */
export interface AsffControl {
  /** The consolidated control where there is one, else the generator. */
  readonly control: string
  /** The standard that this record reports for, where its source sends one record per standard. */
  readonly member: string | undefined
  readonly own: StandardRule | undefined
}

/**
 * The control of an ASFF finding. Without consolidated controls Security Hub reports a control once per standard, under
 * the standard's own number: then the standard is a member of the one finding.
 */
export function asffControl(root: Fields, product: string): AsffControl {
  const generator = required(root.text('GeneratorId'), 'GeneratorId')
  const compliance = root.object('Compliance')
  const rule = product === SECURITY_HUB ? ruleOf(root, generator) : undefined
  const stated = compliance.text('SecurityControlId') ?? CONSOLIDATED.exec(generator)?.[1]
  const control = stated ?? (rule === undefined ? undefined : controlOfRule(rule))
  if (control === undefined) {
    const name = product === PROWLER ? generator.replace(PROWLER_PREFIX, '') : generator
    return { control: name, member: undefined, own: undefined }
  }
  if (generator === control || CONSOLIDATED.test(generator)) return { control, member: undefined, own: undefined }
  const [standard, other] = compliance.objects('AssociatedStandards')
  const named = other === undefined ? standard?.text('StandardsId') : undefined
  const own = rule ?? lastPart(generator)
  const member = named === undefined ? own.standard : standardName(named)
  return { control, member, own: { standard: member, rule: own.rule } }
}

/** The generator names the rule, or else what Security Hub's own fields say about the standard's control. */
function ruleOf(root: Fields, generator: string): StandardRule | undefined {
  const named = ruleOfGenerator(generator)
  if (named !== undefined) return named
  return ruleOfControlArn(root.object('ProductFields').text('StandardsControlArn') ?? '')
}

function lastPart(generator: string): StandardRule {
  const at = generator.lastIndexOf('/')
  return at < 1
    ? { standard: standardName(generator), rule: generator }
    : { standard: standardName(generator.slice(0, at).replace(/\/rule$/, '')), rule: generator.slice(at + 1) }
}

/** What the product finds, by what the finding holds, by whose it is, and by its types; else what is `stated`. */
export function asffKind(
  product: string,
  hasVulnerabilities: boolean,
  types: readonly string[],
  stated?: FindingKind,
): FindingKind {
  if (hasVulnerabilities) return 'vulnerability'
  const byType = KINDS_BY_TYPE.find(([pattern]) => types.some((type) => pattern.test(type)))?.[1]
  return KINDS_BY_PRODUCT.get(product) ?? stated ?? byType ?? 'compliance'
}

/** By what `discriminator` tells findings of one control about one resource apart. */
export interface Said {
  readonly source: Source
  readonly control: string
  readonly description: Description
  readonly resources: readonly Resource[]
  /** The source's sentence on this resource, of which only named values count. */
  readonly sentence: string | undefined
}

/** Scanners of vulnerabilities, data and threats report many findings of one generator about one resource. */
export function discriminator(kind: FindingKind, said: Said): string {
  const { source, control, description, resources, sentence } = said
  const [type] = description.types
  if (source.product === PROWLER) return accessKeyDiscriminator(control, sentence)
  if (kind === 'vulnerability') return vulnerable(description)
  if (kind === 'data_security') {
    const object = resources.slice(1).find((each) => each.type === 'AwsS3Object')?.uid
    return [type && `type=${type}`, object && `object=${object}`].filter(Boolean).join(',')
  }
  if (kind !== 'detection') return ''
  // GuardDuty goes on counting in a finding for as long as it is one threat: its id is no scan's.
  const finding = source.product === 'guardduty' ? source.uid?.split('/').at(-1) : undefined
  if (finding) return `finding=${finding}`
  return type === undefined ? '' : `type=${type}`
}

/** Which ones; of what is reachable over the network only the title says through which port. */
function vulnerable({ title, vulnerabilities = [] }: Description): string {
  if (vulnerabilities.length > 0)
    return `vulnerability=${[...new Set(vulnerabilities.map(({ uid }) => uid))].toSorted().join(',')}`
  const [, port] = PORT.exec(title) ?? []
  return port === undefined ? '' : `port=${port.replaceAll(' ', '')}`
}
