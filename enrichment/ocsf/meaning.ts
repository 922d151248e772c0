import { digest } from '../../core/digest.ts'
import type { Description, Resource } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'
import type { FindingContext, Priority } from '../enricher.ts'
import { ITEMS } from '../evidence.ts'
import { exposureMeaning } from './exposure-enrichment.ts'
import { knownOf } from './known.ts'
import { addressesOf, muteReasonsOf, standardsOf, verdictOf, workflowOf } from './verdict.ts'

/**
 * A digest of what a finding means to its readers: equal digests, nothing to tell them. Lists that are sets count
 * without their order. Left out is what changes without meaning anything: times, the score inside the band, versions,
 * the resources' free-form data, what the source's record had left over, who read it and how.
 */
export function meaningDigest(finding: FindingState, context: FindingContext, status: FindingStatus): string {
  const { kind, cloud, owner, resources, description } = finding
  const [subject, ...others] = resources
  return digest({
    status,
    kind,
    owner,
    account: [cloud.provider, cloud.account],
    description: meaningOf(description),
    standards: standardsOf(finding, context.standards),
    subject: identityOf(subject),
    others: asSet(others.map(identityOf)),
    correlation: context.correlation,
    ...(status === 'open' || status === 'muted' ? unsettled(finding, context) : {}),
  })
}

/**
 * What matters while the finding is open or muted. Once it is closed, that the source confirms it in other words, or
 * resolves it again, is no news, nor is how urgent it would be.
 */
function unsettled(finding: FindingState, context: FindingContext): Record<string, unknown> {
  const { detail, decision } = finding
  const addresses = addressesOf(finding)
  return {
    verdict: verdictOf(finding),
    priority: context.priority && decidedBy(context.priority),
    known: evidenceIn(context),
    exposure: context.exposureProof && exposureMeaning(context.exposureProof),
    team: context.owner?.name,
    asset: context.asset && [context.asset.value, context.asset.certainty],
    data: context.data && [context.data.value, context.data.certainty, context.data.source],
    workflow: workflowOf(finding),
    // Counts of days, findings and addresses go up with every scan: 91 days or 92 days is one meaning.
    detail: detail?.replace(/\d+/g, '#'),
    muteReasons: muteReasonsOf(finding),
    decision: decision && [decision.action, decision.by, decision.reason, decision.expiresAt],
    // Who writes back to the source must learn where. Left out where there is none.
    ...(addresses.length === 0 ? {} : { addresses: asSet(addresses) }),
  }
}

/** Not its texts, which tell numbers, nor the score: what a reader acts upon and why. */
function decidedBy({ band, state, range, reasons, dueDays, cve }: Priority): unknown {
  return [
    band,
    state,
    range,
    reasons.map(({ id }) => id),
    dueDays,
    cve && [cve.uid, cve.ssvc, cve.bod, cve.bodDays, cve.unknown],
  ]
}

/**
 * What is known, how surely and by whom. Probabilities are left out: one that crosses a threshold changes what is known
 * of the exploitability.
 */
function evidenceIn(context: FindingContext): unknown {
  const { cve, ...ladders } = knownOf(context)
  const evidence = ITEMS.flatMap((item) => {
    const found = ladders[item]
    return found === undefined ? [] : [[item, found.value, found.certainty, found.source]]
  })
  return [evidence, cve && [cve.uid, cve.kev, cve.kevAddedAt, cve.publicExploit, cve.automatable, cve.technicalImpact]]
}

function meaningOf(description: Description): Record<string, unknown> {
  const { title, text, severity, risk, remediation, url, types, categories, attacks, vulnerabilities, related } =
    description
  return {
    title,
    text,
    severity,
    risk,
    remediation: remediation && [remediation.text, asSet(remediation.references)],
    url,
    ...(related === undefined ? {} : { related: asSet(related) }),
    types: asSet(types),
    categories: asSet(categories),
    attacks: asSet((attacks ?? []).map((each) => [each.tacticUid, each.tactic, each.techniqueUid, each.technique])),
    // The installed version is left out: what is still vulnerable after an upgrade is no news, a new fix is.
    vulnerabilities: asSet(
      (vulnerabilities ?? []).map(({ uid, severity: level, publicExploit, packages = [] }) => ({
        uid,
        severity: level,
        publicExploit,
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
