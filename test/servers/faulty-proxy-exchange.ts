import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, ReceivedRequest } from './faulty-proxy-rules.ts'

/** Not for the next hop, or no longer true of a body that was put together anew. */
const OWN_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'content-length']
/** For the first half to be read before a reset throws it away. */
const HALF_MS = 50

export interface Target {
  readonly url: URL
  readonly ca: string | undefined
}

/** The target's answer to a request; `plain` asks it not to compress. Rejects where there is none. */
export async function ask(
  target: Target,
  { method, path, headers, body }: ReceivedRequest,
  plain: boolean,
): Promise<Answer> {
  const sent: Record<string, string | string[] | number | undefined> = { ...without([...OWN_HEADERS, 'host'], headers) }
  if (plain) sent['accept-encoding'] = 'identity'
  if (body.length > 0 || headers['content-length'] !== undefined) sent['content-length'] = body.length
  const start = target.url.protocol === 'https:' ? httpsRequest : httpRequest
  const options = { method, headers: sent, agent: false, ...(target.ca === undefined ? {} : { ca: target.ca }) }
  const asked = start(new URL(path, target.url), options)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).on('error', reject).end(body)
  })
  const { statusCode: status = 502, headers: answered } = response
  return { status, headers: answered, body: await buffer(response) }
}

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headOf(answer, response.req.method)).end(answer.body)
}

/** Sends the head and half the body, and waits until it can be there. */
export async function sendHalf(response: ServerResponse, answer: Answer): Promise<void> {
  response.writeHead(answer.status, headOf(answer, response.req.method))
  response.write(answer.body.subarray(0, Math.ceil(answer.body.length / 2)))
  await sleep(HALF_MS)
}

function headOf({ status, headers, body }: Answer, method: string | undefined): Answer['headers'] {
  const head = without(OWN_HEADERS, headers)
  if (status === 204 || status === 304) return head
  // The answer to HEAD tells the length of a body that it does not have.
  const length = method === 'HEAD' ? headers['content-length'] : body.length
  return length === undefined ? head : { ...head, 'content-length': length }
}

function without<Value>(names: readonly string[], headers: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())))
}
