import { digest } from '../../core/digest.ts'
import type { Description, Resource } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'
import type { FindingContext } from '../enricher.ts'
import { addressesOf, muteReasonsOf, standardsOf, verdictOf, workflowOf } from './verdict.ts'

/**
 * A digest of what a finding means to its readers: equal digests, nothing to tell them. Lists that are sets count
 * without their order. Left out is what changes without meaning anything: times, the score inside the band, versions,
 * the resources' free-form data, what the source's record had left over, who read it and how.
 */
export function meaningDigest(
  finding: FindingState,
  { priority, correlation }: FindingContext,
  status: FindingStatus,
): string {
  const { kind, cloud, owner, resources, description } = finding
  const [subject, ...others] = resources
  return digest({
    status,
    kind,
    owner,
    account: [cloud.provider, cloud.account],
    description: meaningOf(description),
    standards: standardsOf(finding),
    subject: identityOf(subject),
    others: asSet(others.map(identityOf)),
    priority: priority && [priority.band, priority.state, priority.reasons],
    correlation,
    ...(status === 'open' || status === 'muted' ? unsettled(finding) : {}),
  })
}

/**
 * What matters while the finding is open or muted. Once it is closed, that the source confirms it in other words, or
 * resolves it again, is no news.
 */
function unsettled(finding: FindingState): Record<string, unknown> {
  const { detail, decision } = finding
  const addresses = addressesOf(finding)
  return {
    verdict: verdictOf(finding),
    workflow: workflowOf(finding),
    // Counts of days, findings and addresses go up with every scan: 91 days or 92 days is one meaning.
    detail: detail?.replace(/\d+/g, '#'),
    muteReasons: muteReasonsOf(finding),
    decision: decision && [decision.action, decision.by, decision.reason, decision.expiresAt],
    // Who writes back to the source must learn where. Left out where there is none.
    ...(addresses.length === 0 ? {} : { addresses: asSet(addresses) }),
  }
}

function meaningOf(description: Description): Record<string, unknown> {
  const { title, text, severity, risk, remediation, url, types, categories, attacks, vulnerabilities } = description
  return {
    title,
    text,
    severity,
    risk,
    remediation: remediation && [remediation.text, asSet(remediation.references)],
    url,
    types: asSet(types),
    categories: asSet(categories),
    attacks: asSet((attacks ?? []).map((each) => [each.tacticUid, each.tactic, each.techniqueUid, each.technique])),
    // The installed version is left out: what is still vulnerable after an upgrade is no news, a new fix is.
    vulnerabilities: asSet(
      (vulnerabilities ?? []).map(({ uid, severity: level, packages = [] }) => ({
        uid,
        severity: level,
        packages: asSet(packages.map(({ name, fixedIn }) => [name, fixedIn])),
      })),
    ),
  }
}

function identityOf({ uid, name, type, region, partition, group, tags }: Resource): Record<string, unknown> {
  return { uid, name, type, region, partition, group, tags: asSet(tags.map((tag) => [tag.name, tag.value])) }
}

/** In one order, each once: the same for every order in which the members came. They are built here, key by key. */
function asSet(members: readonly unknown[]): readonly string[] {
  return [...new Set(members.map((member) => JSON.stringify(member)))].toSorted()
}
