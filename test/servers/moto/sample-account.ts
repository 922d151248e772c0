import dns from 'node:dns'
import { onTestFinished, vi, type TestContext } from 'vitest'
import { FaultyProxy } from '../faulty-proxy.ts'
import { MotoServer } from './moto-server.ts'
import { whyNoMoto } from './available.ts'
import { seedAccount, type SeededAccount } from './seed/seed-account.ts'

/** What moto does not know: by action, what AWS answers where nobody has set anything. */
const GAPS: Readonly<Record<string, string>> = {
  DescribeVpcBlockPublicAccessOptions:
    '<vpcBlockPublicAccessOptions><internetGatewayBlockMode>off</internetGatewayBlockMode><state>default-state</state></vpcBlockPublicAccessOptions>',
  DescribeVpcBlockPublicAccessExclusions: '<vpcBlockPublicAccessExclusionSet/>',
  GetSnapshotBlockPublicAccessState: '<state>unblocked</state>',
  GetImageBlockPublicAccessState: '<imageBlockPublicAccessState>unblocked</imageBlockPublicAccessState>',
}

/** What is answered in place of moto. */
interface Answer {
  readonly status: number
  readonly body: string
  left: number
}

/** A moto of a test's own, filled with the sample account or empty, and what it does not know filled in. */
export class SampleAccount {
  readonly moto: MotoServer
  readonly seeded: SeededAccount | undefined
  readonly #proxy: FaultyProxy
  readonly #answers = new Map<string, Answer>()

  private constructor(moto: MotoServer, proxy: FaultyProxy, seeded: SeededAccount | undefined) {
    this.moto = moto
    this.seeded = seeded
    this.#proxy = proxy
    for (const [action, content] of Object.entries(GAPS)) this.set(action, content)
    proxy.alter((answer, { body, headers }) => {
      const action = actionOf(body.toString('utf8'), String(headers['x-amz-target'] ?? ''))
      const own = this.#answers.get(action)
      if (own === undefined || own.left === 0) return answer
      own.left -= 1
      return { status: own.status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(own.body) }
    })
  }

  /** Until the test has ended. Skips it, with the reason, where there can be no moto. */
  static async open({ skip }: Pick<TestContext, 'skip'>, { empty = false } = {}): Promise<SampleAccount> {
    const why = await whyNoMoto()
    if (why !== undefined) skip(why)
    const moto = await MotoServer.start()
    onTestFinished(() => moto.stop())
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    vi.stubEnv('AWS_SESSION_TOKEN', undefined)
    resolveLocalNames()
    onTestFinished(() => {
      vi.unstubAllEnvs()
      vi.restoreAllMocks()
    })
    const seeded = empty ? undefined : await seedAccount(moto.url)
    const proxy = await FaultyProxy.start(moto.url)
    onTestFinished(() => proxy.stop())
    return new SampleAccount(moto, proxy, seeded)
  }

  /** For `endpoint`. */
  get url(): string {
    return this.#proxy.url.replace('127.0.0.1', 'localhost')
  }

  /** From now on an action of EC2 is answered with this content. */
  set(action: string, content: string): void {
    const body = `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${content}</${action}Response>`
    this.#answers.set(action, { status: 200, body, left: Infinity })
  }

  /** An action of EC2 is refused, for good or so many times, as AWS words it: `UnauthorizedOperation`, `RequestLimitExceeded`. */
  refuse(action: string, code: string, { status = 403, times = Infinity } = {}): void {
    const message = `You are not authorized to perform this operation (${action}).`
    const body = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`
    this.#answers.set(action, { status, body, left: times })
  }

  /** How often it was asked for anything. */
  get calls(): number {
    return this.#proxy.requests().length
  }
}

/** S3 Control is asked at a name of each account, `123456789012.localhost`: names below it are this machine's (RFC 6761). */
function resolveLocalNames(): void {
  const lookup = dns.lookup.bind(dns) as (host: string, ...rest: unknown[]) => void
  const local = (host: string, ...rest: unknown[]): void =>
    lookup(/(^|\.)localhost$/.test(host) ? '127.0.0.1' : host, ...rest)
  vi.spyOn(dns, 'lookup').mockImplementation(local)
}

function actionOf(body: string, target: string): string {
  return /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? target.split('.').at(-1)!
}
