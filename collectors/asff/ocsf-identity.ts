import type { Description, FindingKind } from '../../schemas/generated/posture-event.ts'
import { asffKind, discriminator, type Said } from './asff-identity.ts'
import type { Fields } from '../records/fields.ts'
import { required } from '../records/mapped.ts'
import { FINDING_CLASSES, type OcsfDialect } from './ocsf-dialect.ts'

const CONTROL = 'control (compliance.control, finding_info.analytic.uid, metadata.event_code)'
const CONSOLIDATED = /^security-control\//

/**
 * The control of an OCSF finding: the standard's where it names one, else the product's rule. Where a product reports one
 * control through several rules, a standard each for instance, every rule is a member of the one finding.
 */
export function ocsfControl(
  root: Fields,
  info: Fields,
  dialect: OcsfDialect,
): { control: string; member: string | undefined } {
  const stated = root.object('compliance').text('control')
  const analytic = [info, root].map((each) => each.object('analytic'))
  const rule = analytic.map((each) => each.text('uid')).find((each) => each !== undefined)
  const feature = root.object('metadata').object('product').object('feature').text('uid')
  const name = analytic.map((each) => each.text('name')).find((each) => each !== undefined)
  if (!dialect.isStamped) {
    const generator = rule ?? feature ?? name
    return { control: required(stated ?? generator?.replace(CONSOLIDATED, ''), CONTROL), member: undefined }
  }
  const event = root.object('metadata').text('event_code')
  const control = stated ?? rule ?? event ?? feature ?? name ?? onlyTitle(root, info)
  const member = stated !== undefined && rule !== stated ? rule : undefined
  return { control: required(control, CONTROL), member }
}

/** A finding that names no rule is known by what was found: its CVEs, else its title, and that is said. */
function onlyTitle(root: Fields, info: Fields): string | undefined {
  const uids = root.objects('vulnerabilities').flatMap((each) => uidOf(each) ?? [])
  if (uids.length > 0) return [...new Set(uids)].toSorted().join(',')
  const title = info.text('title')
  if (title !== undefined) root.note(['control_assumed_title'])
  return title
}

/** What an OCSF finding is, by its class; the first class by what it holds, Security Hub's by whose it is. */
export function ocsfKind(
  uid: number | undefined,
  product: string,
  { vulnerabilities, types }: Description,
  { isStamped }: OcsfDialect,
): FindingKind {
  const stated = FINDING_CLASSES.get(uid)
  if (isStamped && stated !== undefined) return stated
  return asffKind(product, vulnerabilities !== undefined, types, isStamped ? stated : notAnalysis(stated))
}

/** Security Hub's documents of that class are statements about one resource. */
function notAnalysis(kind: FindingKind | undefined): FindingKind | undefined {
  return kind === 'iam_analysis' ? undefined : kind
}

/** What keeps two findings of one rule about one resource apart: never an id that a scan may have made. */
export function ocsfDiscriminator(root: Fields, kind: FindingKind, said: Said, { isStamped }: OcsfDialect): string {
  const base = discriminator(kind, said)
  if (!isStamped) return base
  const parts = [base, ...(MORE[kind]?.(root, said) ?? [])]
  return parts.filter((each) => each !== '').join(',')
}

type More = (root: Fields, said: Said) => readonly string[]

const MORE: Readonly<Partial<Record<FindingKind, More>>> = {
  vulnerability: (root) => [named('package', packagesOf(root))],
  data_security: (root, { resources }) => {
    const objects = ['file', 'table'].map((key) => root.object(key))
    const uids = objects.flatMap((each) => each.text('path') ?? each.text('uid') ?? each.text('name') ?? [])
    return [
      named(
        'object',
        uids.filter((uid) => uid !== resources[0]?.uid),
      ),
    ]
  },
  application_security: (root) => {
    const flaws = root.objects('vulnerabilities')
    const code = flaws.flatMap((each) => each.objects('affected_code'))
    return [
      named(
        'flaw',
        flaws.flatMap((each) => uidOf(each) ?? each.object('cwe').text('uid') ?? []),
      ),
      named('package', packagesOf(root)),
      // Not the lines: they move.
      named(
        'file',
        code.flatMap((each) => each.object('file').text('path') ?? each.object('file').text('name') ?? []),
      ),
    ]
  },
  iam_analysis: (root, { resources }) => {
    const accessors = root.object('access_analysis_result').objects('accessors')
    const users = [root.object('user'), ...accessors]
    const uids = users.flatMap(
      (each) => each.text('uid') ?? each.text('name') ?? each.object('account').text('uid') ?? [],
    )
    return [
      named(
        'principal',
        uids.filter((uid) => uid !== resources[0]?.uid),
      ),
    ]
  },
}

function packagesOf(root: Fields): string[] {
  return root
    .objects('vulnerabilities')
    .flatMap((each) =>
      [...each.objects('affected_packages'), ...each.objects('packages')].flatMap((one) => one.text('name') ?? []),
    )
}

function uidOf(vulnerability: Fields): string | undefined {
  return vulnerability.object('cve').text('uid') ?? vulnerability.object('advisory').text('uid')
}

/** Sorted, each once: the order in which a product lists them says nothing. */
function named(name: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `${name}=${[...new Set(values)].toSorted().join('+')}`
}
