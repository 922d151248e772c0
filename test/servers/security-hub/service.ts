import type { IncomingMessage } from 'node:http'
import { isObject, type Json } from './checks.ts'
import { HubRefusal, jsonReply, refusalReply, type HubReply } from './codes.ts'
import { KnownCredentials, type Identity } from './credentials.ts'
import { HubFaults } from './faults.ts'
import { batchUpdateFindingsV2, getFindings, getFindingsV2 } from './get-findings.ts'
import type { Hub } from './hub.ts'
import { batchImportFindings } from './import-findings.ts'
import type {
  HubAccount,
  HubCall,
  HubFault,
  HubOperation,
  HubPlace,
  HubViolation,
  SecurityHubOptions,
} from './options.ts'
import { Pages } from './pages.ts'
import { RateLimits } from './rate.ts'
import { FindingStore } from './store.ts'
import { answerSts, stsOperation, stsRefusal } from './sts.ts'
import { batchUpdateFindings } from './update-findings.ts'

const DAY_MS = 24 * 3600 * 1000
const ROUTES: Readonly<Record<string, HubOperation>> = {
  'POST /findings/import': 'BatchImportFindings',
  'PATCH /findings/batchupdate': 'BatchUpdateFindings',
  'PATCH /findingsv2/batchupdatev2': 'BatchUpdateFindingsV2',
  'POST /findings': 'GetFindings',
  'POST /findingsv2': 'GetFindingsV2',
  'GET /accounts': 'DescribeHub',
  'GET /findingAggregator/list': 'ListFindingAggregators',
}
const AGGREGATOR = '/findingAggregator/get/'

/** A request that was read and understood so far. */
interface Asked {
  readonly operation: HubOperation
  readonly input: Json
  readonly form: URLSearchParams | undefined
  readonly bytes: number
}

/** What goes out; undefined: the connection is cut instead. */
export interface Answer {
  readonly reply: HubReply | undefined
  readonly delayMs: number
}

/** What AWS does with a request: everything but the wire. */
export class HubService implements Hub {
  readonly options: SecurityHubOptions
  readonly accounts: readonly HubAccount[]
  readonly clock: () => number
  readonly store: FindingStore
  readonly known: KnownCredentials
  readonly pages: Pages
  readonly rates: RateLimits
  readonly faults = new HubFaults()
  readonly violations: HubViolation[] = []
  readonly calls: HubCall[] = []
  readonly partnerProducts: readonly string[]
  readonly disabled: Partial<HubPlace>[] = []

  constructor(options: SecurityHubOptions) {
    const { accounts = [{ id: '111122223333' }], clock = Date.now, administrator, aggregation } = options
    const ids = accounts.map(({ id }) => id)
    this.options = options
    this.accounts = accounts
    this.clock = clock
    this.partnerProducts = options.partnerProducts ?? []
    this.store = new FindingStore({ accounts: ids, administrator, aggregation, clock })
    this.known = new KnownCredentials(ids, clock)
    this.pages = new Pages({ lifeMs: options.tokenLifeMs ?? DAY_MS, clock, faults: this.faults })
    this.rates = new RateLimits(options.rateFactor ?? 1)
  }

  isEnabled({ account, region }: HubPlace): boolean {
    const off = this.disabled.some(
      (each) => (each.account ?? account) === account && (each.region ?? region) === region,
    )
    const { enabledIn } = this.accounts.find(({ id }) => id === account) ?? { enabledIn: [] as string[] }
    return !off && (enabledIn?.includes(region) ?? true)
  }

  /** The answer to a request, which it notes. Never throws. */
  answer(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, body: Buffer): Answer {
    const at = this.clock()
    let asked: Asked | undefined
    let identity: Identity | undefined
    let answer: Answer = { reply: undefined, delayMs: 0 }
    try {
      asked = read(request, body)
      identity = this.known.identify(request.headers)
      answer = { reply: this.#reply(asked, identity), delayMs: this.faults.latency(asked.operation) }
    } catch (error) {
      const ofSts = asked?.form !== undefined && error instanceof HubRefusal
      answer = { reply: ofSts ? stsRefusal(error) : refusalReply(error), delayMs: 0 }
    }
    if (asked) {
      const { operation, input, bytes } = asked
      const { account = '', region = '' } = identity ?? {}
      const { status = 0, error } = answer.reply ?? {}
      this.calls.push({ operation, account, region, input, bytes, status, error, at })
    }
    return answer
  }

  #reply(asked: Asked, identity: Identity): HubReply | undefined {
    const { operation, form } = asked
    const expected = form ? 'sts' : 'securityhub'
    if (identity.service !== expected)
      throw new HubRefusal(
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${expected}'.`,
      )
    const provoked = this.faults.take(operation, identity)
    if (provoked?.done) this.#work(asked, identity)
    if (provoked) return faultReply(provoked.fault)
    this.faults.checkAccess(operation, identity.account)
    if (!form && !this.rates.admits(operation, identity)) {
      const exception = operation.endsWith('V2') ? 'ThrottlingException' : 'TooManyRequestsException'
      throw new HubRefusal(exception, 'Too Many Requests')
    }
    return this.#work(asked, identity)
  }

  #work({ operation, input, form, bytes }: Asked, identity: Identity): HubReply {
    if (form) return answerSts(form, identity, { roles: this.options.roles ?? [], known: this.known })
    if (operation === 'BatchImportFindings') return jsonReply(batchImportFindings(this, input, identity, bytes))
    if (!this.isEnabled(identity))
      throw new HubRefusal(
        'InvalidAccessException',
        `Account ${identity.account} is not subscribed to AWS Security Hub`,
      )
    if (operation === 'BatchUpdateFindings') return jsonReply(batchUpdateFindings(this, input, identity))
    if (operation === 'BatchUpdateFindingsV2') return jsonReply(batchUpdateFindingsV2(this, input, identity))
    if (operation === 'GetFindings') return jsonReply(getFindings(this, input, identity))
    if (operation === 'GetFindingsV2') return jsonReply(getFindingsV2(this, input, identity))
    if (operation === 'DescribeHub') return jsonReply(this.#describe(identity))
    return jsonReply(this.#aggregators(operation, identity))
  }

  #describe({ account, region }: HubPlace): object {
    return {
      HubArn: `arn:aws:securityhub:${region}:${account}:hub/default`,
      SubscribedAt: '2025-01-01T00:00:00.000Z',
      AutoEnableControls: true,
      ControlFindingGenerator: 'SECURITY_CONTROL',
    }
  }

  #aggregators(operation: HubOperation, { account }: HubPlace): object {
    const { aggregation } = this.options
    const arn = `arn:aws:securityhub:${aggregation?.home ?? ''}:${account}:finding-aggregator/only`
    if (operation === 'ListFindingAggregators')
      return { FindingAggregators: aggregation ? [{ FindingAggregatorArn: arn }] : [] }
    if (!aggregation) throw new HubRefusal('ResourceNotFoundException', 'There is no finding aggregator')
    const { home, linked } = aggregation
    return {
      FindingAggregatorArn: arn,
      FindingAggregationRegion: home,
      RegionLinkingMode: linked ? 'SPECIFIED_REGIONS' : 'ALL_REGIONS',
      ...(linked ? { Regions: linked } : {}),
    }
  }
}

function read({ method, url = '/' }: Pick<IncomingMessage, 'method' | 'url'>, body: Buffer): Asked {
  const { pathname } = new URL(url, 'http://hub')
  const bytes = body.length
  if (method === 'POST' && pathname === '/') {
    const form = new URLSearchParams(body.toString())
    const operation = stsOperation(form)
    if (operation !== undefined) return { operation, form, input: Object.fromEntries(form), bytes }
  }
  const aggregator = method === 'GET' && pathname.startsWith(AGGREGATOR)
  const operation = aggregator ? 'GetFindingAggregator' : ROUTES[`${method} ${pathname}`]
  if (operation === undefined)
    throw new HubRefusal('UnknownOperationException', `There is no ${method} ${pathname} here`)
  return { operation, form: undefined, input: parse(body), bytes }
}

function parse(body: Buffer): Json {
  if (body.length === 0) return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString())
  } catch {
    // Not an object either.
  }
  if (!isObject(parsed)) throw new HubRefusal('InvalidInputException', 'The body is not a JSON object')
  return parsed
}

function faultReply(fault: HubFault): HubReply | undefined {
  if ('hangUp' in fault) return undefined
  if ('json' in fault)
    return { status: fault.status ?? 200, body: JSON.stringify(fault.json), type: 'application/json' }
  const { status, retryAfter } = fault
  if ('html' in fault) return { status: fault.status, body: fault.html, type: 'text/html', retryAfter }
  throw new HubRefusal(fault.exception, fault.message ?? `${fault.exception}, as was asked for`, { status, retryAfter })
}
