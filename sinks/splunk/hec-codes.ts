/** What becomes of a request after a code of HEC. */
export type HecVerdict =
  /** The events are in. */
  | 'taken'
  /** The events are in, and the next ones shall wait a moment. */
  | 'taken-slowly'
  /** One of the events is to blame: it is found, and rejected. */
  | 'record'
  /** We wait until an operator has mended something. */
  | 'configuration'
  /** We wait until Splunk can take more. */
  | 'outage'
  /** The health endpoint says that all is well. */
  | 'healthy'

export interface HecCode {
  readonly code: number
  /** The HTTP status that Splunk sends with it. */
  readonly status: number
  readonly meaning: string
  readonly verdict: HecVerdict
  /** For a configuration fault: what an operator does. */
  readonly remedy?: string
}

const TOKEN_REMEDY = 'check the token of this sink against Settings > Data inputs > HTTP Event Collector'
const ENABLE_REMEDY = 'enable the token in Settings > Data inputs > HTTP Event Collector'
const CHANNEL_REMEDY = 'set "acknowledge" for this sink, or take Enable indexer acknowledgement off the token'

/**
 * Every code of HEC: "Troubleshoot HTTP Event Collector" in Splunk's manual has the codes and the statuses, the manual of
 * its REST interface those of the health endpoint. 28 is what Splunk Cloud Platform says in place of 10.
 */
export const HEC_CODES: readonly HecCode[] = [
  { code: 0, status: 200, meaning: 'Success', verdict: 'taken' },
  { code: 1, status: 403, meaning: 'Token disabled', verdict: 'configuration', remedy: ENABLE_REMEDY },
  { code: 2, status: 401, meaning: 'Token is required', verdict: 'configuration', remedy: TOKEN_REMEDY },
  { code: 3, status: 401, meaning: 'Invalid authorization', verdict: 'configuration', remedy: TOKEN_REMEDY },
  { code: 4, status: 403, meaning: 'Invalid token', verdict: 'configuration', remedy: TOKEN_REMEDY },
  { code: 5, status: 400, meaning: 'No data', verdict: 'record' },
  { code: 6, status: 400, meaning: 'Invalid data format', verdict: 'record' },
  {
    code: 7,
    status: 400,
    meaning: 'Incorrect index',
    verdict: 'configuration',
    remedy: 'create the index, or allow it in the settings of the token, or name another in "index" of this sink',
  },
  { code: 8, status: 500, meaning: 'Internal server error', verdict: 'outage' },
  { code: 9, status: 503, meaning: 'Server is busy', verdict: 'outage' },
  { code: 10, status: 400, meaning: 'Data channel is missing', verdict: 'configuration', remedy: CHANNEL_REMEDY },
  { code: 11, status: 400, meaning: 'Invalid data channel', verdict: 'configuration', remedy: CHANNEL_REMEDY },
  { code: 12, status: 400, meaning: 'Event field is required', verdict: 'record' },
  { code: 13, status: 400, meaning: 'Event field cannot be blank', verdict: 'record' },
  {
    code: 14,
    status: 400,
    meaning: 'ACK is disabled',
    verdict: 'configuration',
    remedy: 'set Enable indexer acknowledgement for the token, or take "acknowledge" off this sink',
  },
  { code: 15, status: 400, meaning: 'Error in handling indexed fields', verdict: 'record' },
  {
    code: 16,
    status: 400,
    meaning: 'Query string authorization is not enabled',
    verdict: 'configuration',
    remedy: 'something on the way takes the Authorization header off the requests; let it pass',
  },
  { code: 17, status: 200, meaning: 'HEC is healthy', verdict: 'healthy' },
  { code: 18, status: 503, meaning: 'HEC is unhealthy, queues are full', verdict: 'outage' },
  { code: 19, status: 503, meaning: 'HEC is unhealthy, ack service unavailable', verdict: 'outage' },
  { code: 20, status: 503, meaning: 'HEC is unhealthy, queues are full, ack service unavailable', verdict: 'outage' },
  { code: 21, status: 400, meaning: 'Invalid token', verdict: 'configuration', remedy: TOKEN_REMEDY },
  { code: 22, status: 400, meaning: 'Token disabled', verdict: 'configuration', remedy: ENABLE_REMEDY },
  { code: 23, status: 503, meaning: 'Server is shutting down', verdict: 'outage' },
  { code: 24, status: 200, meaning: 'Queue is approaching capacity', verdict: 'taken-slowly' },
  { code: 25, status: 200, meaning: 'Ack channel is approaching capacity', verdict: 'taken-slowly' },
  { code: 26, status: 429, meaning: 'Queue is at capacity', verdict: 'outage' },
  { code: 27, status: 429, meaning: 'Ack channel is at capacity', verdict: 'outage' },
  { code: 28, status: 400, meaning: 'Data channel is missing', verdict: 'configuration', remedy: CHANNEL_REMEDY },
]

const BY_CODE = new Map(HEC_CODES.map((each) => [each.code, each]))

/** What a code stands for; undefined for one that is not in the table. */
export function hecCode(code: number): HecCode | undefined {
  return BY_CODE.get(code)
}

/** The same for an answer without a known code, such as one of a load balancer, by its HTTP status alone. */
export function verdictOfStatus(status: number): HecVerdict {
  if (status >= 200 && status < 300) return 'taken'
  if (status === 400 || status === 422) return 'record'
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'outage'
  return 'configuration'
}
