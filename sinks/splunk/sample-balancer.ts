import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A load balancer with sticky sessions by cookie, as they stand before indexers. */
export interface Balancer {
  readonly url: string
  /** Which target each request went to, in order. */
  readonly routed: readonly number[]
  /** Takes a target out: its sessions go to others, and get a new cookie. */
  takeOut(target: number): void
  putBack(target: number): void
}

/** One for one test. Without a cookie a request goes to each target in turn. */
export async function newBalancer(targets: readonly string[]): Promise<Balancer> {
  const out = new Set<number>()
  const routed: number[] = []
  let turn = 0
  const pick = (cookie = ''): number => {
    const pinned = Number(/lb=(\d+)/.exec(cookie)?.[1] ?? -1)
    if (targets[pinned] !== undefined && !out.has(pinned)) return pinned
    const awake = targets.flatMap((_, at) => (out.has(at) ? [] : [at]))
    return awake[turn++ % awake.length]!
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = pick(request.headers.cookie)
    routed.push(target)
    const headers = Object.entries(request.headers).filter(
      ([name]) => !['host', 'connection', 'content-length'].includes(name),
    )
    const answer = await fetch(targets[target]! + request.url!, {
      method: request.method!,
      headers: headers as [string, string][],
      ...(request.method === 'POST' ? { body: await buffer(request) } : {}),
    })
    response.writeHead(answer.status, { 'set-cookie': `lb=${target}; Path=/; HttpOnly` }).end(await answer.text())
  }
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routed,
    takeOut: (target) => void out.add(target),
    putBack: (target) => void out.delete(target),
  }
}
