/** What HEC answers: its own code, the HTTP status that goes with it, and its text. */
export interface HecStatus {
  readonly status: number
  readonly text: string
}

/**
 * Splunk's table. The texts of 0 to 22 are those of its documentation; those of 23 to 27, which nobody has published from
 * a wire, are close to it; 28 is what Splunk Cloud Platform says in place of 10.
 */
export const HEC_CODES = {
  0: { status: 200, text: 'Success' },
  1: { status: 403, text: 'Token disabled' },
  2: { status: 401, text: 'Token is required' },
  3: { status: 401, text: 'Invalid authorization' },
  4: { status: 403, text: 'Invalid token' },
  5: { status: 400, text: 'No data' },
  6: { status: 400, text: 'Invalid data format' },
  7: { status: 400, text: 'Incorrect index' },
  8: { status: 500, text: 'Internal server error' },
  9: { status: 503, text: 'Server is busy' },
  10: { status: 400, text: 'Data channel is missing' },
  11: { status: 400, text: 'Invalid data channel' },
  12: { status: 400, text: 'Event field is required' },
  13: { status: 400, text: 'Event field cannot be blank' },
  14: { status: 400, text: 'ACK is disabled' },
  15: { status: 400, text: 'Error in handling indexed fields' },
  16: { status: 400, text: 'Query string authorization is not enabled' },
  17: { status: 200, text: 'HEC is healthy' },
  18: { status: 503, text: 'HEC is unhealthy, queues are full' },
  19: { status: 503, text: 'HEC is unhealthy, ack service unavailable' },
  20: { status: 503, text: 'HEC is unhealthy, queues are full, ack service unavailable' },
  21: { status: 400, text: 'Invalid token' },
  22: { status: 400, text: 'Token disabled' },
  23: { status: 503, text: 'Server is shutting down' },
  24: { status: 200, text: 'Queue is approaching capacity' },
  25: { status: 200, text: 'Ack channel is approaching capacity' },
  26: { status: 429, text: 'Queue is at capacity' },
  27: { status: 429, text: 'Ack channel is at capacity' },
  28: {
    status: 400,
    text: 'Data channel is missing. If you have multiple indexers, sticky session load balancers must be provisioned and client requests must be routed accordingly.',
  },
} as const satisfies Record<number, HecStatus>

export type HecCode = keyof typeof HEC_CODES

/** A request that HEC refuses. */
export class HecRefusal extends Error {
  readonly code: HecCode
  /** Zero-based position of the event that is to blame, where one is. */
  readonly event: number | undefined

  constructor(code: HecCode, event?: number) {
    super(HEC_CODES[code].text)
    this.code = code
    this.event = event
  }

  /** `invalid-event-number` as Splunk counts it: with code 7 it names the event after the bad one. */
  get reportedEvent(): number | undefined {
    return this.event === undefined || this.code !== 7 ? this.event : this.event + 1
  }
}

/** An answer of the web server below HEC, which has no code of HEC. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly body: string
  readonly type: string

  constructor(status: number, body: string, type: string) {
    super(body)
    this.status = status
    this.body = body
    this.type = type
  }

  /** Where nothing is served: 404; where only POST is: 405 with, as measured, the body of a 404. */
  static notServed(status: 404 | 405): HttpRefusal {
    const body = JSON.stringify({ text: 'The requested URL was not found on this server.', code: 404 })
    return new HttpRefusal(status, body, 'application/json; charset=UTF-8')
  }

  static tooLarge(size: number, limit: number): HttpRefusal {
    return new HttpRefusal(413, `Content-Length of ${size} too large (maximum is ${limit})`, 'text/plain')
  }

  static encoding(name: string): HttpRefusal {
    const body = JSON.stringify({ text: `Unsupported Content-Encoding ${name}`, code: 415 })
    return new HttpRefusal(415, body, 'application/json; charset=UTF-8')
  }
}
