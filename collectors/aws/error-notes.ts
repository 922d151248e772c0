import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of calls to AWS mean. */
export const awsErrors: ErrorNotes = {
  AWS_ACCESS_DENIED: 'a right is missing; the message names the action; grant what "posture-stream describe" prints',
  AWS_ANSWER_UNREADABLE: 'something else than AWS answers there; check endpoint and proxy',
  AWS_CLOCK: "this machine's clock is off; set it",
  AWS_CREDENTIALS: 'AWS does not take the credentials, or there are none; check them',
  AWS_CREDENTIALS_EXPIRED: 'the credentials have expired; new ones are fetched',
  AWS_NOT_FOUND: 'what was asked for does not exist in that account and region; check the name and the region',
  AWS_REQUEST_REFUSED: 'AWS refuses the request itself; the message holds its reason',
  AWS_THROTTLED: 'AWS asks for fewer calls; the collector slows down',
  AWS_UNAVAILABLE: 'the service fails; it is tried again',
  AWS_UNREACHABLE: 'no connection, or no answer in time; check region, endpoint and network',
}

/** What the codes mean of collectors that read a queue, beside those of AWS. */
export const queueErrors: ErrorNotes = {
  ...awsErrors,
  AWS_KEY: 'the key that encrypts the queue cannot be used; enable it, and allow kms:Decrypt',
  REGION_MISSING: 'queueUrl names no region; set region as well',
  ROLE_MISSING: 'externalId is of use with roleArn only; set the role, or leave it out',
  MESSAGE_NOT_JSON: 'a message is not JSON; it is set aside; look at what sends to the queue',
  MESSAGE_UNKNOWN: 'a message is no event that this collector knows; it is set aside; look at what sends to the queue',
}
