import type { Cloud, Resource } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { present, type Attributes } from './attributes.ts'
import { accountType, OBSERVABLES, ROLES, sibling, type Caption } from './captions.ts'

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
export function resourcesOf({ resources, cloud, owner }: FindingState, withData: boolean): Attributes[] {
  return resources.map((resource, at) => ({
    ...(at === 0 ? subject(owner) : sibling('role', ROLES.affected)),
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

function subject(owner: string | undefined): Attributes {
  return { ...sibling('role', ROLES.target), ...(owner ? { owner: { name: owner } } : {}) }
}

function placeOf({ region, partition }: Resource): Attributes {
  return { region, cloud_partition: partition }
}
