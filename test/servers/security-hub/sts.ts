import { randomUUID } from 'node:crypto'
import type { Identity, KnownCredentials } from './credentials.ts'
import type { HubReply } from './codes.ts'
import { HubRefusal } from './codes.ts'
import type { HubOperation, HubRole } from './options.ts'

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'
/** What STS calls the exceptions that all services share. */
const CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  UnrecognizedClientException: 'InvalidClientTokenId',
  TooManyRequestsException: 'Throttling',
}

/** What a form of STS asks for; undefined where it is none that is served here. */
export function stsOperation(form: URLSearchParams): HubOperation | undefined {
  const action = form.get('Action')
  return action === 'AssumeRole' || action === 'GetCallerIdentity' ? action : undefined
}

/** Answers AssumeRole and GetCallerIdentity. Throws AccessDeniedException for a role, or an external id, that is not right. */
export function answerSts(
  form: URLSearchParams,
  identity: Identity,
  { roles, known }: { roles: readonly HubRole[]; known: KnownCredentials },
): HubReply {
  if (form.get('Action') === 'GetCallerIdentity') {
    const { account, arn } = identity
    return xmlReply('GetCallerIdentity', `<Arn>${arn}</Arn><UserId>AIDATEST</UserId><Account>${account}</Account>`)
  }
  const arn = form.get('RoleArn') ?? ''
  const role = roles.find((each) => each.arn === arn)
  // AWS says the same of a role that there is not, that one may not assume, and of an external id that is not right.
  if (!role || (role.externalId !== undefined && role.externalId !== form.get('ExternalId')))
    throw new HubRefusal(
      'AccessDeniedException',
      `User: ${identity.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    )
  const seconds = Number(form.get('DurationSeconds') ?? 3600)
  if (!(seconds >= 900 && seconds <= 43_200))
    throw new HubRefusal('ValidationError', 'DurationSeconds must be between 900 and 43200', { status: 400 })
  const issued = known.issue(role, form.get('RoleSessionName') ?? 'session', seconds)
  return xmlReply(
    'AssumeRole',
    `<Credentials><AccessKeyId>${issued.accessKeyId}</AccessKeyId><SecretAccessKey>${issued.secretAccessKey}</SecretAccessKey>` +
      `<SessionToken>${issued.sessionToken}</SessionToken><Expiration>${new Date(issued.expiresAt).toISOString()}</Expiration></Credentials>` +
      `<AssumedRoleUser><Arn>${issued.arn}</Arn><AssumedRoleId>AROATEST:session</AssumedRoleId></AssumedRoleUser>`,
  )
}

/** The answer of STS, which speaks XML, to what was refused. */
export function stsRefusal(refusal: HubRefusal): HubReply {
  const { status, exception, message, retryAfter } = refusal
  const code = CODES[exception] ?? exception
  const error = `<Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${escape(message)}</Message></Error>`
  const body = `<ErrorResponse xmlns="${NAMESPACE}">${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`
  return { status, body, type: 'text/xml', error: code, retryAfter }
}

function xmlReply(operation: string, result: string): HubReply {
  const body =
    `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${result}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${operation}Response>`
  return { status: 200, body, type: 'text/xml' }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
