import { isRouted, type Stretch, stretches } from './addresses.ts'

const STRANGER = '999988887777'

/** Of somebody whom only an ACL may name. */
const FRIEND = '777788889999'

/** Who stands behind a request: nobody who signs, anyone with an account of his own, or somebody whom the owner knows. */
export type Caller = 'anonymous' | 'stranger' | 'other account' | 'own account'

/** One request, with all that AWS knows of it. */
export interface Request {
  readonly caller: Caller
  /** The ARN by which a `Principal` may name him; absent: unsigned. */
  readonly principal?: string
  readonly account?: string
  readonly action: string
  readonly resource: string
  /** By lower-case key; several values where the key has several. */
  readonly context: Readonly<Record<string, readonly string[]>>
  /** Over the internet: from these addresses. */
  readonly stretch?: Stretch
  /** Through a network that the policy names; whose it is, nobody says. */
  readonly known?: true
}

type Context = Record<string, readonly string[]>
type Person = Pick<Request, 'caller' | 'principal' | 'account'> & { readonly context: Context }

const person = (caller: Caller, account: string, arn: string, context: Context = {}): Person => ({
  caller,
  account,
  principal: arn,
  context: {
    'aws:principalaccount': [account],
    'aws:principalarn': [arn],
    'aws:userid': [`AIDA${account}`],
    'aws:principaltype': ['User'],
    'kms:calleraccount': [account],
    'aws:principalisawsservice': ['false'],
    ...context,
  },
})

/** A service that acts for an account: what of it stands in the keys about principals nobody says, so they name it. */
const service = (account: string, context: Context): Person => ({
  caller: 'stranger',
  principal: 'service',
  context: { 'aws:principalisawsservice': ['true'], 'aws:principalaccount': [account], ...context },
})

const onBehalf = (caller: Caller, account: string, arn: string): Person => ({
  ...service(account, { 'aws:sourcearn': [arn], 'aws:sourceaccount': [account], 'aws:sourceowner': [account] }),
  caller,
})

/** Strangers, and everybody whom the text of a policy names. */
function people(text: string, own: string): Person[] {
  const accounts = [...new Set(text.match(/\b\d{12}\b/g))].filter((account) => account !== STRANGER)
  const arns = [...new Set(text.match(/arn:aws:(iam|sts)::\d{12}:(user|role|assumed-role)\/[\w/.-]+(?![\w/.*?-])/g))]
  const organisations = [...new Set(text.match(/\bo-[a-z0-9?]{4,}/g))].map((each) => each.replaceAll('?', 'x'))
  const kind = (account: string): Caller => (account === own ? 'own account' : 'other account')
  return [
    // These keys are there for those who do not sign, too.
    {
      caller: 'anonymous',
      context: {
        'aws:principaltype': ['Anonymous'],
        'aws:principalisawsservice': ['false'],
        'aws:principalaccount': ['anonymous'],
        'aws:userid': ['anonymous'],
      },
    },
    person('stranger', STRANGER, `arn:aws:iam::${STRANGER}:user/mallory`, {
      'aws:principalorgid': ['o-stranger99'],
      'aws:principalorgpaths': ['o-stranger99/r-str1/ou-str1-strangers/'],
    }),
    person('stranger', STRANGER, `arn:aws:sts::${STRANGER}:assumed-role/mallory/session`, {
      'aws:userid': ['AROASTRANGER:session'],
      'aws:principalarn': [`arn:aws:iam::${STRANGER}:role/mallory`],
    }),
    ...['arn:aws:s3:::stranger-bucket', `arn:aws:sns:eu-west-1:${STRANGER}:topic`].map((arn) =>
      service(STRANGER, {
        'aws:sourcearn': [arn],
        'aws:sourceaccount': [STRANGER],
        'aws:sourceowner': [STRANGER],
        'aws:sourceorgid': ['o-stranger99'],
      }),
    ),
    person('other account', FRIEND, `arn:aws:iam::${FRIEND}:user/friend`, { 'aws:principalorgid': ['o-friend9999'] }),
    ...accounts.map((account) => person(kind(account), account, `arn:aws:iam::${account}:user/known`)),
    ...accounts.map((account) => onBehalf(kind(account), account, `arn:aws:sns:eu-west-1:${account}:topic`)),
    ...(text.match(/arn:aws:(?:s3|sns|sqs):[\w:-]*[\w-](?=")/g) ?? []).map((arn) => onBehalf('own account', own, arn)),
    ...arns.map((arn) => person(kind(arn.split(':')[4] ?? ''), arn.split(':')[4] ?? '', arn)),
    ...organisations.map((organisation) =>
      person('other account', FRIEND, `arn:aws:iam::${FRIEND}:user/colleague`, {
        'aws:principalorgid': [organisation],
        'aws:principalorgpaths': [`${organisation}/r-0001/ou-0001-teams/`],
      }),
    ),
  ]
}

interface Path {
  readonly context: Context
  readonly stretch?: Stretch
  /** Only who is known has this network. */
  readonly known?: true
}

/** Over the internet from anywhere, through the caller's own endpoint, or through one that the text names. */
function paths(texts: readonly string[]): Path[] {
  const over = stretches(texts)
    .filter(({ family, first }) => isRouted({ family, number: first }))
    .flatMap((stretch) => [
      { stretch, context: { 'aws:sourceip': [show(stretch.family, stretch.first)] } },
      { stretch, context: { 'aws:sourceip': [show(stretch.family, stretch.last)] } },
    ])
  const named = (pattern: RegExp): string[] => texts.filter((text) => pattern.test(text))
  const endpoint = (context: Context, known?: true): Path => (known ? { context, known } : { context })
  return [
    ...over,
    endpoint({ 'aws:sourcevpc': ['vpc-stranger'], 'aws:sourcevpce': ['vpce-stranger'] }),
    ...named(/^vpc-[\w]+$/).map((vpc) => endpoint({ 'aws:sourcevpc': [vpc], 'aws:sourcevpce': ['vpce-known'] }, true)),
    ...named(/^vpce-[\w]+$/).map((vpce) =>
      endpoint({ 'aws:sourcevpc': ['vpc-known'], 'aws:sourcevpce': [vpce] }, true),
    ),
  ]
}

function show(family: 4 | 6, number: bigint): string {
  const [count, base] = family === 4 ? [4, 256n] : [8, 65_536n]
  const parts = Array.from({ length: count }, (_, index) => (number / base ** BigInt(count - 1 - index)) % base)
  return family === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':')
}

/** Keys whose value every caller chooses for himself. */
const CHOSEN: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'aws:securetransport': ['true', 'false'],
  'aws:referer': [undefined, 'https://example.com/', 'http://stranger.example/', 'https://*'],
  'aws:useragent': [undefined, 'curl/8', 'known-agent', '*'],
  's3:prefix': [undefined, 'public/', 'private/'],
}

function choices(text: string): Context[] {
  return Object.entries(CHOSEN)
    .filter(([key]) => text.toLowerCase().includes(key))
    .reduce<Context[]>(
      (sofar, [key, values]) =>
        sofar.flatMap((context) =>
          values.map((value) => (value === undefined ? context : { ...context, [key]: [value] })),
        ),
      [{}],
    )
}

/** What is asked of a resource: an action, and the ARN that it is asked of. */
export interface Operation {
  readonly action: string
  readonly resource: string
  readonly context?: Context
}

/** Every request that a policy could treat in its own way. */
export function* requests(
  text: string,
  texts: readonly string[],
  own: string,
  operations: readonly Operation[],
): Generator<Request> {
  for (const each of people(text, own))
    for (const path of paths(texts)) {
      if (path.known && each.caller === 'stranger') continue
      for (const choice of choices(text))
        for (const { action, resource, context = {} } of operations) {
          const request = {
            ...each,
            action,
            resource,
            context: { ...each.context, ...path.context, ...choice, ...context },
          }
          const { stretch, known } = path
          yield { ...request, ...(stretch ? { stretch } : {}), ...(known ? { known } : {}) }
        }
    }
}
