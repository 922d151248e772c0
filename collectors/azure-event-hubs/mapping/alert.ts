import type { Cloud, Description, Resource } from '../../../schemas/generated/posture-event.ts'
import type { JsonObject } from '../../records/fields.ts'
import { identityOf, required, subjectFirst, type MappedFinding, type MappingOptions } from '../../records/mapped.ts'
import { present, presentOrNone } from '../../records/present.ts'
import { severityOf } from '../../records/severity.ts'
import { alertResources, entitiesOf, namedEntities, type Entity } from './alert-resources.ts'
import { alertStates } from './alert-states.ts'
import { AnyCase, objectIn } from './any-case.ts'
import { armResource, type ArmResource } from './arm-id.ts'
import { attacksOf } from './attack-tactics.ts'
import { DEFENDER, defenderSource, seenBetween, timeIn } from './defender-source.ts'
import { isDeletion } from './envelope.ts'
import { textOfHtml, webAddress } from './html-text.ts'

/**
 * Maps a security alert, as it is exported (`SystemAlertId`, …) or as a resource of ARM (`properties.systemAlertId`, …):
 * either way it is the same finding. Throws a PermanentError (`RECORD_INCOMPLETE`) where it does not say which alert it is,
 * of what type, or about what.
 */
export function mapAlert(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new AnyCase(record, notes)
  const inner = root.object('properties')
  const alert = inner.firstText('alerttype', 'alertname', 'alertdisplayname') === undefined ? root : inner
  const id = required(alert.text('systemalertid') ?? root.text('name'), 'id of the alert (SystemAlertId)').toLowerCase()
  // The older versions of the REST API call the type the name.
  const type = required(alert.firstText('alerttype', 'alertname'), 'type of the alert (AlertType)')
  const entities = entitiesOf(alert)
  const resources = resourcesOf(root, alert, entities)
  const cloud = cloudOf(root, alert, resources[0])
  const states = alertStates(alert, isDeletion(root), options)
  const [first] = ['starttimeutc', 'timegeneratedutc', 'timegenerated'].flatMap(
    (key) => timeIn(alert, key, options) ?? [],
  )
  const statement = present({
    identity: identityOf(DEFENDER, type, resources[0], cloud, `finding=${id}`),
    source: defenderSource(root.text('id') ?? id),
    kind: 'detection' as const,
    ...states,
    seen: seenBetween(first, options),
    description: descriptionOf(alert, type, options),
    resources,
    cloud,
    unmapped: restOf(alert, entities, options),
    flags: [...notes].toSorted(),
  })
  return { at: states.verdict.at, scanUid: undefined, statement }
}

/** Without a resource of Azure: the machine by the id of its agent, else the subscription, else the tenant. */
function resourcesOf(root: AnyCase, alert: AnyCase, entities: readonly Entity[]): [Resource, ...Resource[]] {
  const found = alertResources(alert, entities).map(resourceOf)
  if (found.length > 0) return subjectFirst(found, 'resource')
  const agent = agentOf(alert)
  const subscription = subscriptionOf(root, alert)
  const tenant = tenantOf(root, alert)
  const fallback = [
    ...(agent === undefined ? [] : [{ uid: agent, type: 'agent', tags: [] }]),
    ...(subscription === undefined ? [] : [resourceOf(armResource(`/subscriptions/${subscription}`)!)]),
    ...(tenant === undefined ? [] : [{ uid: `/tenants/${tenant}`, type: 'Microsoft.Entra/tenants', tags: [] }]),
  ]
  return subjectFirst(fallback.slice(0, 1), 'resource (ResourceIdentifiers, AzureResourceId)')
}

function resourceOf({ uid, name, type }: ArmResource): Resource {
  return present({ uid, name, type, tags: [] })
}

function agentOf(alert: AnyCase): string | undefined {
  const [identified] = alert.objects('resourceidentifiers').flatMap((each) => each.text('agentid') ?? [])
  const agent = (identified ?? alert.text('agentid'))?.toLowerCase()
  return agent === undefined ? undefined : `agents/${agent}`
}

function subscriptionOf(root: AnyCase, alert: AnyCase): string | undefined {
  const [workspace] = alert
    .objects('resourceidentifiers')
    .flatMap((each) => each.firstText('azureresourcesubscriptionid', 'workspacesubscriptionid') ?? [])
  const stated = alert.firstText('azureresourcesubscriptionid', 'workspacesubscriptionid')
  const effective = alert.object('extendedproperties').text('effectivesubscriptionid')
  const found = armResource(root.text('id'))?.account ?? effective ?? stated ?? workspace
  return found?.toLowerCase().replaceAll('/', '') || undefined
}

function tenantOf(root: AnyCase, alert: AnyCase): string | undefined {
  const [identified] = alert
    .objects('resourceidentifiers')
    .flatMap((each) => each.firstText('azureresourcetenantid', 'aadtenantid') ?? [])
  return (root.text('tenantid') ?? identified)?.toLowerCase()
}

function cloudOf(root: AnyCase, alert: AnyCase, subject: Resource): Cloud {
  const tenant = tenantOf(root, alert)
  const account = armResource(subject.uid)?.account ?? subscriptionOf(root, alert) ?? tenant
  return present({
    provider: 'azure',
    account: required(account, 'subscription (AzureResourceId)'),
    organization: presentOrNone({ uid: tenant }),
  })
}

function descriptionOf(alert: AnyCase, type: string, { reportedAt }: MappingOptions): Description {
  const severity = alert.firstText('severity', 'reportedseverity')
  const steps = alert.texts('remediationsteps').flatMap((step) => textOfHtml(step) ?? [])
  const techniques = ['techniques', 'subtechniques'].flatMap((key) => alert.texts(key))
  return present({
    title: alert.text('alertdisplayname') ?? type,
    text: textOfHtml(alert.text('description')),
    severity: severityOf(severity),
    sourceSeverity: severity,
    remediation: steps.length === 0 ? undefined : { text: steps.join('\n'), references: [] },
    url: webAddress(alert.text('alerturi')),
    types: alert.value['isincident'] === true ? ['Incident'] : [],
    standards: [],
    categories: [],
    attacks: attacksOf([alert.text('intent') ?? [], alert.texts('tactics')].flat(), techniques),
    at: reportedAt,
  })
}

function restOf(
  alert: AnyCase,
  entities: readonly Entity[],
  { withoutData }: MappingOptions,
): Record<string, unknown> | undefined {
  const named = withoutData ? [] : namedEntities(entities)
  return presentOrNone({
    compromised_entity: alert.text('compromisedentity'),
    intent: alert.text('intent'),
    product_name: alert.text('productname'),
    component: alert.object('extendedproperties').text('productcomponentname') ?? alert.text('productcomponentname'),
    confidence: alert.text('confidencelevel'),
    correlation: alert.text('correlationkey'),
    entities: named.length === 0 ? undefined : named,
    extended_properties: withoutData ? undefined : objectIn(alert.value['extendedproperties']),
  })
}
