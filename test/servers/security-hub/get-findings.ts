import { isObject, type Json } from './checks.ts'
import { HubRefusal } from './codes.ts'
import { valuesAt } from './filters.ts'
import type { Hub } from './hub.ts'
import { compileOcsfFilters, compileOcsfSort } from './ocsf-query.ts'
import { ocsfOf } from './ocsf.ts'
import type { HubPlace } from './options.ts'
import type { Order } from './order.ts'
import { compileFilters, compileSort } from './query.ts'
import { isOcsf, type StoredFinding } from './store.ts'

/** GetFindings: ASFF, filtered and sorted, a page at a time. Throws InvalidInputException. */
export function getFindings(hub: Hub, input: Json, place: HubPlace): object {
  const page = hub.pages.page(input, place, 'InvalidInputException', () => {
    const test = compileFilters(input['Filters'], hub.clock())
    const seen = hub.store.visible(place).filter(({ document }) => !isOcsf(document) && test(document))
    return sorted(seen, compileSort(input['SortCriteria']), ({ document }) => document)
  })
  return { Findings: page.findings.map(({ document }) => document), NextToken: page.nextToken }
}

/** GetFindingsV2: OCSF, given or derived. Throws ValidationException. */
export function getFindingsV2(hub: Hub, input: Json, place: HubPlace): object {
  if (input['Scopes'] !== undefined)
    throw new HubRefusal('AccessDeniedException', 'Scopes are for delegated administrators')
  const page = hub.pages.page(input, place, 'ValidationException', () => {
    const test = compileOcsfFilters(input['Filters'], hub.clock())
    const seen = hub.store.visible(place).filter((stored) => test(ocsfOf(stored)))
    return sorted(seen, compileOcsfSort(input['SortCriteria']), ocsfOf)
  })
  return { Findings: page.findings.map(ocsfOf), NextToken: page.nextToken }
}

/** BatchUpdateFindingsV2: comment, severity and status of up to 100 findings. Modified times do not move. */
export function batchUpdateFindingsV2(hub: Hub, input: Json, place: HubPlace): object {
  const { MetadataUids, FindingIdentifiers } = input
  if ((MetadataUids === undefined) === (FindingIdentifiers === undefined))
    throw new HubRefusal('ValidationException', 'Either MetadataUids or FindingIdentifiers must be given')
  const targets = MetadataUids ?? FindingIdentifiers
  if (!Array.isArray(targets) || targets.length < 1 || targets.length > 100)
    throw new HubRefusal('ValidationException', 'There must be 1 to 100 findings to update')
  const overlay = overlayOf(input)
  const seen = hub.store.visible(place).map((stored) => ({ stored, names: namesOf(ocsfOf(stored)) }))
  const results = targets.map((target: unknown) => {
    const named = MetadataUids === undefined ? { FindingIdentifier: target } : { MetadataUid: target }
    const code = hub.faults.codeFor(isObject(target) ? target['FindingInfoUid'] : target, 'InternalServerException')
    if (code !== undefined) return { ...named, ErrorCode: code, ErrorMessage: 'As was asked for' }
    const found = seen.filter(({ names }) => names.includes(nameOf(target)))
    if (found.length === 0)
      return { ...named, ErrorCode: 'ResourceNotFoundException', ErrorMessage: 'Finding not found' }
    for (const { stored } of found) stored.overlay = { ...stored.overlay, ...overlay }
    return named
  })
  return {
    ProcessedFindings: results.filter((result) => !('ErrorCode' in result)),
    UnprocessedFindings: results.filter((result) => 'ErrorCode' in result),
  }
}

function overlayOf({ Comment, SeverityId, StatusId }: Json): Json {
  const refuse = (what: string): never => {
    throw new HubRefusal('ValidationException', `Invalid value for ${what}`)
  }
  if (Comment !== undefined && !(typeof Comment === 'string' && /\S/.test(Comment) && Comment.length <= 512))
    refuse('Comment')
  if (SeverityId !== undefined && ![0, 1, 2, 3, 4, 5, 6, 99].includes(SeverityId as number)) refuse('SeverityId')
  if (StatusId !== undefined && ![0, 1, 2, 3, 4, 5, 99].includes(StatusId as number)) refuse('StatusId')
  const given = Object.entries({ comment: Comment, severity_id: SeverityId, status_id: StatusId })
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

/** The two names by which BatchUpdateFindingsV2 may call a finding. */
function namesOf(document: Json): string[] {
  const at = (...path: string[]): unknown => valuesAt(document, path)[0]
  const FindingInfoUid = at('finding_info', 'uid')
  const MetadataProductUid = at('metadata', 'product', 'uid')
  const CloudAccountUid = at('cloud', 'account', 'uid')
  return [nameOf(at('metadata', 'uid')), nameOf({ FindingInfoUid, MetadataProductUid, CloudAccountUid })]
}

function nameOf(target: unknown): string {
  if (!isObject(target)) return JSON.stringify(target ?? null)
  return JSON.stringify([target['FindingInfoUid'], target['MetadataProductUid'], target['CloudAccountUid']])
}

/** By keys that are taken once: findings that are made at each reading are never all there at once. */
function sorted(
  findings: readonly StoredFinding[],
  order: Order | undefined,
  read: (stored: StoredFinding) => Json,
): readonly StoredFinding[] {
  if (!order) return findings
  const keyed = findings.map((stored) => ({ stored, keys: order.keys(read(stored)) }))
  return keyed.toSorted((a, b) => order.compare(a.keys, b.keys)).map(({ stored }) => stored)
}
