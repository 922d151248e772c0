import type { ErrorNotes } from '../../core/errors.ts'
import { HEC_CODES, type HecCode } from './hec-codes.ts'

const FAILURES: readonly HecCode['verdict'][] = ['record', 'configuration', 'outage']

/** What the codes of the sink mean; SPLUNK_HEC_… are the codes of the HTTP Event Collector. */
export const splunkErrors: ErrorNotes = {
  SPLUNK_ENDPOINT: 'an entry of endpoints is no address; write for example https://splunk.example.com:8088',
  SPLUNK_UNREACHABLE: 'no connection to the HTTP Event Collector; the sink waits for it',
  SPLUNK_TIMEOUT: 'no whole answer came in time; the events are sent again',
  SPLUNK_CONNECTION_LOST: 'a connection broke in use; the events are sent again',
  SPLUNK_NOT_HEC: 'something else than the HTTP Event Collector answers; check the address and what stands between',
  SPLUNK_EVENT_TOO_LARGE:
    'a finding is too large even after all was left out that may be; raise maxEventBytes and the limits of Splunk',
  SPLUNK_ACK_LATE: 'Splunk took events and did not confirm that they are indexed; they are sent again',
  SPLUNK_ACK_MISSING:
    'the token does not acknowledge; set Enable indexer acknowledgement for it, or take "acknowledge" off the sink',
  'SPLUNK_HTTP_…':
    'an answer without a code of HEC, with this HTTP status; the sink waits where it is an outage or a refusal of all',
  ...Object.fromEntries(
    HEC_CODES.filter(({ verdict }) => FAILURES.includes(verdict)).map(({ code, meaning, verdict, remedy }) => [
      `SPLUNK_HEC_${code}`,
      `${meaning}: ${remedy ?? (verdict === 'record' ? 'one event is to blame; it is found and set aside' : 'the sink waits')}`,
    ]),
  ),
}
