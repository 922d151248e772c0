import { PermanentError, TransientError, asError } from '../../core/errors.ts'
import { awsError, type AwsCall } from './aws-error.ts'

/** KmsDisabled, KmsAccessDenied, KMS.NotFoundException … */
const KEY_PROBLEM = /^kms\.?(?!throttl)/i

/**
 * What a request to SQS threw, as an error of ours; an error of no request comes back as it is. Nothing is permanent: what
 * SQS refuses here stands in the configuration, or in that of the queue, so that it can be mended while we wait.
 */
export function queueError(thrown: unknown, call: AwsCall, timedOut: boolean): Error {
  const error = asError(thrown)
  const { action, where } = call
  if (timedOut)
    return new TransientError('AWS_UNREACHABLE', `${action} in ${where}: no answer in time`, {
      fault: 'outage',
      cause: error,
    })
  if (error.name === 'OverLimit')
    return new TransientError('AWS_THROTTLED', `${action} in ${where}: readers hold too many messages`, {
      fault: 'outage',
      cause: error,
    })
  if (KEY_PROBLEM.test(error.name)) {
    const remedy = 'the key that encrypts the queue cannot be used; enable it, and allow kms:Decrypt'
    const message = `${action} in ${where}: ${remedy} (${error.name})`
    return new TransientError('AWS_KEY', message, { fault: 'configuration', cause: error })
  }
  const told = awsError(error, call)
  if (!(told instanceof PermanentError)) return told
  const message = `${told.message}; check queueUrl, region and endpoint`
  return new TransientError(told.code, message, { fault: 'configuration', cause: error })
}
