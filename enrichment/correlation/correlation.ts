import { digest } from '../../core/digest.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { Enricher, FindingContext } from '../enricher.ts'
import { REFERENCE_CONTROLS, STATEMENTS } from './equivalences.ts'
import { ConfiguredGroups, type ControlReference, type CorrelationConfig } from './groups.ts'

/**
 * Gives findings of different sources about one resource and equivalent controls one correlation id. They stay findings
 * of their own: what one source says never closes, mutes or changes another's.
 */
export function correlation(config: CorrelationConfig): Enricher {
  const configured = new ConfiguredGroups(config)
  return {
    name: 'correlation',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich(finding): FindingContext {
      const group = groupOf(finding, configured)
      return group === undefined ? {} : { correlation: correlationUid(finding, group) }
    },
  }
}

/**
 * The one group of a finding's control; undefined where it is in none. The control itself comes first, then those of
 * other products that the finding states as equivalent, in their natural order (S3.8 before S3.17). Of these the first
 * that the configuration lists decides, else the first that is a group of its own. So a check that names several
 * controls correlates with one of them, always the same one.
 */
function groupOf(finding: FindingState, configured: ConfiguredGroups): string | undefined {
  const { product, control } = finding.identity
  const candidates = [{ product, control }, ...statedControls(finding)]
  for (const candidate of candidates) {
    const group = configured.groupOf(candidate)
    if (group !== undefined) return `configured/${group}`
  }
  const reference = candidates.find((each) => REFERENCE_CONTROLS.get(each.product)?.test(each.control))
  return reference && `${reference.product}/${reference.control}`
}

/** By any record of the finding, closed or not: what is equivalent stays so when it is fixed. */
function statedControls({ members }: FindingState): readonly ControlReference[] {
  return Object.values(members)
    .flatMap(({ standards }) => standards)
    .flatMap(({ name, requirements }) =>
      STATEMENTS.filter(({ standard }) => standard.test(name)).flatMap(({ product, control }) =>
        requirements.filter((each) => control.test(each)).map((each) => ({ product, control: each })),
      ),
    )
    .toSorted(inNaturalOrder)
}

function inNaturalOrder(one: ControlReference, other: ControlReference): number {
  if (one.product !== other.product) return one.product < other.product ? -1 : 1
  const [[service, number], [otherService, otherNumber]] = [partsOf(one.control), partsOf(other.control)]
  if (service !== otherService) return service < otherService ? -1 : 1
  return number - otherNumber
}

function partsOf(control: string): readonly [service: string, number: number] {
  const dot = control.lastIndexOf('.')
  return [control.slice(0, dot), Number(control.slice(dot + 1))]
}

/** The parts of the finding key that say where the finding is; neither the product nor its discriminator. */
function correlationUid({ tenant, identity }: FindingState, group: string): string {
  const { provider, account, region, resource } = identity
  return digest([tenant, provider, account, region, resource, group])
}
