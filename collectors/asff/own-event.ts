import { Fields, type JsonObject } from '../records/fields.ts'

const OWN_PROVIDER = 'posture-stream'
const OWN_KEY = /^v\d+:[0-9a-f]{32}$/

/** Whether an OCSF event is one that we emitted, as the file sink writes them: it says nothing that we do not know. */
export function isOwnEvent(record: JsonObject): boolean {
  const root = new Fields(record, new Set())
  if (root.object('metadata').text('log_provider') !== OWN_PROVIDER) return false
  return OWN_KEY.test(root.object('finding_info').text('uid_alt') ?? '')
}
