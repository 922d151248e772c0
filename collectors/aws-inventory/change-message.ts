import { PermanentError } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../records/fields.ts'
import type { Describer } from './describer.ts'

/** What a message says has changed. */
export interface Change {
  readonly account: string
  readonly region: string
  readonly describer: Describer
}

const CALL = 'AWS API Call via CloudTrail'
const CONFIGURATION = 'Config Configuration Item Change'
/** CloudTrail writes the version of Lambda's API behind the names of its calls. */
const API_VERSION = /(?<=[a-z])\d{8}(v\d+)?$/
/** SNS in an event of EventBridge is one; a body that is wrapped more often is a mistake. */
const WRAPPINGS = 3

/**
 * Whose assets have to be described anew, by an event of EventBridge: a call that CloudTrail recorded, or a change that AWS
 * Config noticed; also in an envelope of SNS. None where it is another event. Throws a PermanentError (`MESSAGE_…`) where it is no event at all.
 */
export function readChanges(body: string, describers: readonly Describer[]): Change[] {
  const event = eventIn(body, WRAPPINGS)
  const type = event['detail-type']
  const { detail } = event
  if (typeof type !== 'string' || !isObject(detail))
    throw new PermanentError(
      'MESSAGE_UNKNOWN',
      'the message is no event of EventBridge: it has no detail-type or detail',
    )
  const found = type === CALL ? byCall(detail, describers) : type === CONFIGURATION ? byType(detail, describers) : []
  const place = type === CONFIGURATION && isObject(detail['configurationItem']) ? detail['configurationItem'] : detail
  const account = textOf(place['recipientAccountId']) ?? textOf(place['awsAccountId']) ?? textOf(event['account'])
  const region = textOf(place['awsRegion']) ?? textOf(event['region'])
  if (account === undefined || region === undefined) return []
  return found.map((describer) => ({ account, region, describer }))
}

function eventIn(text: string, wrappings: number): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new PermanentError('MESSAGE_NOT_JSON', 'the message is not JSON', { cause })
  }
  if (!isObject(value) || wrappings === 0)
    throw new PermanentError('MESSAGE_UNKNOWN', 'the message is no event of EventBridge')
  const { Message } = value
  return typeof Message === 'string' && !('detail-type' in value) ? eventIn(Message, wrappings - 1) : value
}

/** A call that was refused, or that only reads, has changed nothing. */
function byCall(detail: JsonObject, describers: readonly Describer[]): Describer[] {
  const { eventSource, eventName, readOnly, errorCode } = detail
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') return []
  if (readOnly === true || readOnly === 'true' || (errorCode !== undefined && errorCode !== null)) return []
  const service = eventSource.split('.', 1)[0]
  const name = eventName.replace(API_VERSION, '')
  return describers.filter((each) => each.service === service && each.changedBy?.test(name) === true)
}

function byType({ configurationItem: item }: JsonObject, describers: readonly Describer[]): Describer[] {
  const type = isObject(item) ? item['resourceType'] : undefined
  return describers.filter(({ types }) => types.some((each) => each === type))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
