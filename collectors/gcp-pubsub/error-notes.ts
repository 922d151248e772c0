import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the collector mean. */
export const pubsubErrors: ErrorNotes = {
  PROJECT_MISSING: 'subscription is no full name; set project as well',
  PROJECT_CONTRADICTORY: 'subscription names another project than project; leave project out',
  PUBSUB_ACCESS_DENIED: 'the right to read the subscription is missing; grant roles/pubsub.subscriber on it',
  PUBSUB_ANSWER_UNREADABLE: 'something else than Pub/Sub answers there; check endpoint and proxy',
  PUBSUB_CREDENTIALS: 'Google does not take the credentials, or there are none; check them',
  PUBSUB_NOT_FOUND: 'the subscription does not exist in that project, or not any more; check the name, or create it',
  PUBSUB_NOT_PULLED:
    'the subscription cannot be pulled: it is detached from its topic, or delivers by itself; create one of the type pull',
  PUBSUB_REQUEST_REFUSED: 'Pub/Sub refuses the request itself; the message holds its reason',
  PUBSUB_THROTTLED: 'a quota of Pub/Sub is used up; it is tried again',
  PUBSUB_UNAVAILABLE: 'the service fails, or ended the stream; it is tried again',
  PUBSUB_UNREACHABLE: 'no connection, or no answer in time; check endpoint, proxy and network',
  MESSAGE_NOT_JSON: 'a message is not JSON; it is set aside; look at what publishes to the topic',
  MESSAGE_TOO_DEEP: 'a message is nested deeper than the limit; it is set aside',
  MESSAGE_UNKNOWN:
    'a message is no notification that this collector knows; it is set aside; look at what publishes to the topic',
}
