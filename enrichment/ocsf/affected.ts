import type { Cloud, Resource } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingContext } from '../enricher.ts'
import type { Evidence } from '../evidence.ts'
import { present, type Attributes } from './attributes.ts'
import { accountType, CONFIDENTIALITY, OBSERVABLES, ROLES, sibling, type Caption } from './captions.ts'

const UNNAMED = 'unnamed'

/** Whether the finding belongs to a cloud account: else the profile `cloud`, which would require one, is not declared. */
export function hasCloud({ provider, account }: Cloud): boolean {
  return provider !== '' && account !== ''
}

export function cloudOf({
  provider,
  account,
  accountName,
  region,
  partition,
  organization: org = {},
}: Cloud): Attributes {
  return present({
    provider,
    region,
    cloud_partition: partition,
    account: present({ uid: account, name: accountName, ...sibling('type', accountType(provider)) }),
    // OCSF has no organisation of nothing but a unit: see unmapped.
    org:
      org.uid || org.name ? present({ uid: org.uid, name: org.name, ou_uid: org.unitUid, ou_name: org.unitName }) : {},
  })
}

/** The resources, the subject first. Free-form data stays one value: it never becomes fields. */
export function resourcesOf(
  { resources, cloud, owner }: FindingState,
  facts: FindingContext,
  withData: boolean,
): Attributes[] {
  return resources.map((resource, at) => ({
    ...(at === 0 ? subject(owner || facts.owner?.name, facts) : sibling('role', ROLES.affected)),
    ...present({
      uid: resource.uid,
      name: resource.name || (resource.uid === '' ? UNNAMED : undefined),
      type: resource.type,
      group: present({ name: resource.group }),
      tags: resource.tags.map(({ name, value }) => ({ name, value })),
      data: withData ? resource.data : undefined,
      ...(hasCloud(cloud) ? placeOf(resource) : {}),
    }),
  }))
}

/** What an analyst searches for, each pointing at the attribute that holds it. */
export function observablesOf(event: Attributes): Attributes[] {
  const { cloud, resources, vulnerabilities } = event as unknown as Pointed
  const found = [
    ...resources.flatMap(({ uid }) => observable('resources.uid', OBSERVABLES.resourceUid, uid)),
    ...resources.flatMap(({ name }) => observable('resources.name', OBSERVABLES.resourceName, name)),
    ...observable('cloud.account.uid', OBSERVABLES.accountUid, cloud?.account.uid),
    ...(vulnerabilities ?? []).flatMap(({ cve, advisory }) => [
      ...observable('vulnerabilities.cve.uid', OBSERVABLES.cveUid, cve?.uid),
      ...observable('vulnerabilities.advisory.uid', OBSERVABLES.advisoryUid, advisory?.uid),
    ]),
  ]
  return [...new Map(found.map((each) => [JSON.stringify([each['name'], each['value']]), each])).values()]
}

interface Pointed {
  readonly cloud?: { readonly account: { readonly uid: string } }
  readonly resources: readonly { readonly uid?: string; readonly name?: string }[]
  readonly vulnerabilities?: readonly {
    readonly cve?: { readonly uid: string }
    readonly advisory?: { readonly uid: string }
  }[]
}

function observable(name: string, type: Caption, value: string | undefined): Attributes[] {
  return value ? [{ name, ...sibling('type', type), value }] : []
}

function subject(owner: string | undefined, { asset, data }: FindingContext): Attributes {
  return {
    ...sibling('role', ROLES.target),
    ...(owner ? { owner: { name: owner } } : {}),
    // It is a plain statement: what is only assumed stands with its doubt in the enrichment alone.
    ...(asset?.certainty === 'certain' ? { criticality: asset.value } : {}),
    ...present({ data_classifications: classificationsOf(data) }),
  }
}

/** What is stated of the resource's own data, and by whom. That it holds none needs proof. */
function classificationsOf(data: Evidence<'data'> | undefined): Attributes[] {
  if (data === undefined || (data.value === 'none' && data.certainty === 'possible')) return []
  const classifier = present({ type: 'rule', name: data.source })
  return [{ ...sibling('confidentiality', CONFIDENTIALITY[data.value]), classifier_details: classifier }]
}

/** Who works on the finding: a person by a decision, a team because the resource is theirs. */
export function assigneesOf({ owner }: FindingState, team: string | undefined): Attributes {
  return { ...(owner ? { assignee: { name: owner } } : {}), ...(team ? { assignee_group: { name: team } } : {}) }
}

function placeOf({ region, partition }: Resource): Attributes {
  return { region, cloud_partition: partition }
}
