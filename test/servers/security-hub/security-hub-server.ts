import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { HttpListener } from '../http-listener.ts'
import { isObject, type Json } from './checks.ts'
import type { HubReply } from './codes.ts'
import { longLived } from './credentials.ts'
import type {
  AnalystUpdate,
  HubCall,
  HubFault,
  HubFaultScope,
  HubOperation,
  HubPlace,
  HubViolation,
  SecurityHubOptions,
} from './options.ts'
import { HubService } from './service.ts'
import { idOf, isOcsf } from './store.ts'
import { applyUpdate } from './update-findings.ts'

/**
 * A stand-in for AWS Security Hub, with the STS that its clients assume roles at, of several accounts and regions: those of
 * a request are in the scope of its signature. It enforces what AWS documents. It lives in this process, on 127.0.0.1.
 */
export class SecurityHubServer {
  readonly #service: HubService
  readonly #region: string
  readonly #listener: HttpListener

  private constructor(options: SecurityHubOptions) {
    this.#service = new HubService(options)
    this.#region = options.region ?? 'eu-west-1'
    this.#listener = new HttpListener((request, response) => this.#serve(request, response), options.port)
  }

  static async start(options: SecurityHubOptions = {}): Promise<SecurityHubServer> {
    const server = new SecurityHubServer(options)
    await server.startAgain()
    return server
  }

  /** For `endpoint` of both the Security Hub and the STS client: `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#listener.url
  }

  /** Long-lived credentials of an account (the first by default). */
  credentials(account: string = this.#service.accounts[0]!.id): { accessKeyId: string; secretAccessKey: string } {
    return longLived(account)
  }

  /** What is stored, as GetFindings would show it, in the order of creation; without aggregation. */
  findings(account?: string, region?: string): AwsSecurityFinding[] {
    return this.#service.store
      .all()
      .filter((stored) => (account ?? stored.account) === stored.account && (region ?? stored.region) === stored.region)
      .map(({ document }) => document)
      .filter((document) => !isOcsf(document)) as unknown as AwsSecurityFinding[]
  }

  /** Stores findings as they are, unchecked; account and region are theirs (AwsAccountId, Region) unless `place` says so. */
  seed(findings: readonly object[], place: Partial<HubPlace> = {}): void {
    for (const finding of findings) this.#put(() => finding as Json, place)
  }

  /** As `seed` of `make(0)` to `make(count - 1)`, which are made anew whenever they are read: `make` must be pure. */
  seedMany(count: number, make: (n: number) => object, place: Partial<HubPlace> = {}): void {
    for (let n = 0; n < count; n += 1) this.#put(() => make(n) as Json, place)
  }

  /** Stores OCSF documents as they are, which GetFindingsV2 shows beside those derived from ASFF. */
  seedOcsf(documents: readonly object[], place: Partial<HubPlace> = {}): void {
    this.seed(documents, place)
  }

  /** Deletes the findings with this Id, as Security Hub does with old ones. */
  remove(id: string): void {
    if (this.#service.store.remove(id) === 0) throw new Error(`There is no finding ${id} to remove`)
  }

  /** What BatchUpdateFindings of the customer does to every finding with this Id. */
  asAnalyst(id: string, update: AnalystUpdate): void {
    const found = this.#service.store.all().filter(({ document }) => idOf(document) === id)
    if (found.length === 0) throw new Error(`There is no finding ${id} to update`)
    for (const stored of found) applyUpdate(stored, update as unknown as Json, this.#service.clock())
  }

  violations(): readonly HubViolation[] {
    return this.#service.violations
  }

  /** All requests that were answered, in the order in which they came. */
  calls(operation?: HubOperation): readonly HubCall[] {
    return this.#service.calls.filter((call) => (operation ?? call.operation) === call.operation)
  }

  /** The most calls of an operation in one second of any account and region; with a `rateFactor`, in one second over it. */
  peakRate(operation: HubOperation): number {
    return this.#service.rates.peak(operation)
  }

  /** The next `count` requests in scope are answered so. */
  next(count: number, fault: HubFault, scope: HubFaultScope = {}): void {
    this.#service.faults.add(count, fault, scope)
  }

  /** Every answer from now on comes this many ms later. */
  latency(ms: number, operation?: HubOperation): void {
    this.#service.faults.delay(ms, operation)
  }

  /** The next `times` imports or updates of these findings fail, with InternalError (InternalFailure of updates) or `code`. */
  failFindings(ids: readonly string[], times = 1, code?: string): void {
    this.#service.faults.fail(ids, times, code)
  }

  /** Security Hub is no more enabled there. Imported findings fail with InvalidAccess, other calls with InvalidAccessException. */
  disable(place: Partial<HubPlace>): void {
    this.#service.disabled.push(place)
  }

  /** Takes back each `disable`. */
  enable(): void {
    this.#service.disabled.length = 0
  }

  /** AccessDeniedException for every call of `operation` by `account`, until `behave`. */
  deny(operation: HubOperation, account?: string): void {
    this.#service.faults.deny(operation, account)
  }

  /** All NextTokens given out so far are refused. */
  expireTokens(): void {
    this.#service.pages.expire()
  }

  /** The next `count` pages with a NextToken answer the same NextToken that they were asked with. */
  repeatToken(count = 1): void {
    this.#service.faults.repeatedTokens += count
  }

  /** All credentials of assumed roles given out so far are refused with ExpiredTokenException. */
  expireCredentials(): void {
    this.#service.known.expire()
  }

  /** Takes back whatever was provoked and has not happened yet. */
  behave(): void {
    this.#service.faults.clear()
  }

  /** Ends all connections; what is stored stays. */
  async stop(): Promise<void> {
    await this.#listener.stop()
  }

  /** After `stop`: the same server at the same address. */
  async startAgain(): Promise<void> {
    await this.#listener.start()
  }

  #put(make: () => Json, { account, region }: Partial<HubPlace>): void {
    const document = make()
    const cloud = isObject(document['cloud']) ? document['cloud'] : {}
    const own = {
      account: document['AwsAccountId'] ?? (isObject(cloud['account']) ? cloud['account']['uid'] : undefined),
      region: document['Region'] ?? cloud['region'],
    }
    this.#service.store.put(
      {
        account: account ?? String(own.account ?? this.#service.accounts[0]!.id),
        region: region ?? String(own.region ?? this.#region),
      },
      make,
    )
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await buffer(request)
      const { reply, delayMs } = this.#service.answer(request, body)
      if (delayMs > 0) await sleep(delayMs)
      if (reply) this.#send(response, reply)
      else response.destroy()
    } catch {
      // The client, or this server, went away amid the request.
      response.destroy()
    }
  }

  #send(response: ServerResponse, { status, body, type, error, retryAfter }: HubReply): void {
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      // Clients read the server's clock from it.
      date: new Date(this.#service.clock()).toUTCString(),
      ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    })
    response.end(body)
  }
}
