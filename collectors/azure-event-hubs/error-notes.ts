import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the collector mean. */
export const eventHubsErrors: ErrorNotes = {
  EVENT_HUBS_SETTINGS: 'the settings contradict one another or leave something out; the message says what',
  EVENT_HUBS_NOT_FOUND: 'there is no such hub or consumer group, or it is disabled; check eventHub and consumerGroup',
  EVENT_HUBS_ACCESS_DENIED:
    'the right to read the hub is missing; grant "Azure Event Hubs Data Receiver", or use a policy with Listen',
  EVENT_HUBS_CREDENTIALS:
    "Azure does not take the key or token, or Entra ID gives none; check the connection string or identity, and this machine's clock",
  EVENT_HUBS_POSITION:
    'the hub does not take the position where reading is to go on; if it was made anew, delete the blobs of the consumer group in the container',
  EVENT_HUBS_TAKEN:
    'something else reads with the same consumer group and does not share our container; give each a consumer group of its own',
  EVENT_HUBS_THROTTLED: 'the namespace has too little throughput for all that use it; it is tried again',
  EVENT_HUBS_UNREACHABLE:
    'no connection, or no answer in time; check the namespace and the network; where port 5671 is blocked, set webSockets',
  EVENT_HUBS_GROUP_IN_USE:
    'readers of something else are in the consumer group of the Kafka endpoint, which a namespace has once for all of its hubs; give this collector one of its own',
  EVENT_HUBS_MOVED:
    'the readers of the consumer group shared out their partitions anew while something was under way; it is tried again',
  EVENT_HUBS_STALLED:
    'partitions had messages and the Kafka client brought none for a minute, without an error; the hub is read anew',
  CHECKPOINTS_NOT_FOUND: 'the blob container does not exist; create it, or correct checkpoints.container',
  CHECKPOINTS_ACCESS_DENIED:
    'the right to write to the container is missing, or the firewall of the storage account is in the way; grant "Storage Blob Data Contributor"',
  CHECKPOINTS_CREDENTIALS:
    "Azure does not take the key or token of the storage account; check it, and this machine's clock",
  CHECKPOINTS_UNREACHABLE: 'the storage account cannot be reached, or gives no answer in time; it is tried again',
  MESSAGE_NOT_JSON: 'a message is not JSON; it is set aside; look at what sends to the hub',
  MESSAGE_TOO_DEEP: 'a message is nested deeper than the limit; it is set aside',
  MESSAGE_UNKNOWN:
    'a message is nothing that Defender for Cloud exports; it is set aside; look at what sends to the hub',
}
